"""When a new version of the targets is written, from when it holds, and what is said of it."""

from schemas.millis import MINUTE, from_iso
from schemas.queues_toml import QueuesFile, parse_queues
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from streams.admin.targets import Published, TargetsDifference, difference, next_version
from streams.core.rule_catalogue import RULE_TABLES

NOW = from_iso("2026-11-22T10:00:00Z")
FIRST = TargetsVersion(1, 0, 0, "UTC")
LATER = TargetsVersion(2, 1_772_445_600_000, 1_772_445_500_000, "Africa/Johannesburg")


def _file(*queues: str, goal: float = 0.8, zone: str = "UTC") -> QueuesFile:
    tables = "".join(f"[queues.{queue}]\n" for queue in queues)
    return parse_queues(
        f'[defaults]\ntime_zone = "{zone}"\nanswer_within = "20s"\ngoal = {goal}\n{tables}',
        RULE_TABLES,
    )


def _first(file: QueuesFile) -> TargetsVersion:
    version = next_version(None, file, NOW)
    assert version is not None
    return version


def test_the_first_version_holds_from_the_beginning_of_time() -> None:
    first = _first(_file("billing"))
    assert (first.version, first.valid_from, first.published_at) == (1, 0, NOW)


def test_a_file_that_changes_nothing_is_not_published() -> None:
    assert next_version(_first(_file("billing")), _file("billing"), NOW + MINUTE) is None


def test_a_later_version_starts_at_a_full_minute_at_least_sixty_seconds_ahead() -> None:
    first = _first(_file("billing"))
    for now, valid_from in (
        ("10:00:00.000", "10:01:00"),
        ("10:00:00.001", "10:02:00"),
        ("10:00:59.999", "10:02:00"),
    ):
        second = next_version(first, _file("billing", goal=0.9), from_iso(f"2026-11-22T{now}Z"))
        assert second is not None
        assert second.version == 2
        assert second.valid_from == from_iso(f"2026-11-22T{valid_from}Z")


def test_validity_rises_with_the_version_within_one_minute_too() -> None:
    second = next_version(_first(_file("billing")), _file("billing", goal=0.9), NOW)
    third = next_version(second, _file("billing", goal=0.7), NOW)
    assert second is not None
    assert third is not None
    assert third.valid_from == second.valid_from + MINUTE


def test_the_difference_names_new_changed_and_removed_queues() -> None:
    old = _first(_file("billing", "faults"))
    new = _first(_file("faults", "sales", goal=0.9))
    assert str(difference([old], new)) == "1 new (sales), 1 changed (faults), 1 removed (billing)"


def test_a_changed_zone_of_groups_is_a_change_of_its_own() -> None:
    old = _first(_file())
    changed = next_version(old, _file(zone="Africa/Johannesburg"), NOW)
    assert changed is not None
    assert str(difference([old], changed)) == "default zone changed"


def test_the_first_version_is_valid_from_the_beginning() -> None:
    said = str(Published(FIRST, TargetsDifference(added=("billing",))))
    assert said == "version 1 published, valid from the beginning of time: 1 new (billing)"


def test_a_change_says_from_when_and_that_new_queues_always_had_their_targets() -> None:
    changed = str(Published(LATER, TargetsDifference(changed=("billing",))))
    assert changed == (
        "version 2 published, valid from 2026-03-02T12:00:00+02:00: 1 changed (billing)"
    )
    added = str(Published(LATER, TargetsDifference(added=("faults",))))
    assert added == (
        "version 2 published, valid from 2026-03-02T12:00:00+02:00"
        " (new queues: from the beginning of time): 1 new (faults)"
    )


def test_nothing_new_is_said_so() -> None:
    assert str(Published(FIRST, None)) == "unchanged: version 1 says the same"


def test_a_queue_that_comes_back_is_not_new_and_does_not_hold_from_the_beginning() -> None:
    first = _first(_file("billing", "faults"))
    without = next_version(first, _file("faults"), NOW)
    assert without is not None
    again = next_version(without, _file("billing", "faults"), NOW + MINUTE)
    assert again is not None
    found = difference([first, without], again)
    assert (found.added, str(found)) == ((), "1 back again (billing)")
    assert TargetsBook([first, without, again]).at("billing", again.valid_from - 1)[0] is None


def test_a_change_of_metrics_alone_is_a_version_and_is_named() -> None:
    lost = '[[metrics]]\nname = "lost"\nformula = "abandoned"\nunit = "legs"\n'
    plain, with_metric, changed = (
        parse_queues(text, RULE_TABLES)
        for text in ("", lost, lost.replace("abandoned", "rejected"))
    )
    first = _first(plain)
    second = next_version(first, with_metric, NOW)
    assert second is not None
    assert second.metrics == with_metric.metrics
    assert str(difference([first], second)) == "1 of metrics (lost)"
    third = next_version(second, changed, NOW + MINUTE)
    assert third is not None
    assert difference([first, second], third).metrics == ("lost",)
    assert next_version(third, changed, NOW + 2 * MINUTE) is None
    fourth = next_version(third, plain, NOW + 2 * MINUTE)
    assert fourth is not None
    assert difference([first, second, third], fourth).metrics == ("lost",)
