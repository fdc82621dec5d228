"""What Prometheus reads of queues: names and labels of the table, and no made-up values."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.series import SERIES, WINDOW_LABELS
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import FRESH_MS
from streams.exporters.queue_series import queue_families
from streams.plumbing.families import Family, exposition
from tests.support.stream_figures import NOW, families, pipeline, snapshot


def samples(found: list[Family]) -> dict[tuple[str, tuple[str, ...]], float]:
    """Values by name and label values, as Prometheus would parse them."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposition(found).decode())
        for sample in family.samples
    }


@pytest.mark.usefixtures("certificate_in_use")
def test_every_series_of_the_stream_is_exported_with_its_labels() -> None:
    found = {family.name: family for family in (*families(snapshot()), *pipeline())}
    expected = [row for row in SERIES if row.process in {"stream", "every"}]
    assert {row.name.removesuffix("_total") for row in expected} == set(found)
    for row in expected:
        family = found[row.name.removesuffix("_total")]
        assert family.type == row.kind
        assert family.documentation == row.help
        assert {tuple(sample.labels) for sample in family.samples} == {row.labels}


def test_ages_are_made_at_the_scrape() -> None:
    found = samples(families(snapshot()))
    assert found["callcentre_queue_oldest_wait_seconds", ("billing",)] == 31
    arrival = found["callcentre_queue_oldest_arrival_timestamp_seconds", ("billing",)]
    assert arrival == NOW / 1000 - 31


def test_a_replay_is_aged_by_its_own_clock() -> None:
    found = samples(families(snapshot(replay=True)))
    assert found["callcentre_queue_oldest_wait_seconds", ("billing",)] == 29


def test_nobody_waiting_is_a_wait_of_zero_and_no_arrival() -> None:
    found = samples(families(snapshot(waiting=0, oldest_arrived_at=None)))
    assert found["callcentre_queue_oldest_wait_seconds", ("billing",)] == 0
    assert ("callcentre_queue_oldest_arrival_timestamp_seconds", ("billing",)) not in found


def test_windows_carry_numerator_and_both_denominators() -> None:
    found = samples(families(snapshot()))
    for window in WINDOW_LABELS:
        at = ("billing", window)
        assert found["callcentre_window_offered_legs", at] == 10
        assert found["callcentre_window_answer_wait_seconds", at] == 90.5
        assert found["callcentre_window_service_level_numerator_legs", at] == 5
        assert found["callcentre_window_service_level_denominator_legs", at] == 9
        assert found["callcentre_window_live_service_level_denominator_legs", at] == 10


def test_a_queue_that_nobody_configured_has_no_service_level() -> None:
    unknown = snapshot(
        queue="new", configured=False, formula=None, goal=None, answer_within_ms=None, agents={}
    )
    found = samples(queue_families([unknown], [], TargetsBook(), [], NOW))
    names = {name for name, _ in found}
    assert "callcentre_window_offered_legs" in names
    assert not {
        name for name in names if "service_level" in name or "target" in name or "agents" in name
    }


def states(shown: QueueSnapshot, now: int = NOW) -> dict[str, float]:
    found = samples(queue_families([shown], [], TargetsBook(), [], now))
    return {
        labels[-1]: value for (name, labels), value in found.items()
        if name == "callcentre_queue_state"
    }  # fmt: skip


def test_the_state_that_was_judged_is_one_and_the_others_are_zero() -> None:
    assert states(snapshot()) == {"act": 0, "watch": 1, "ok": 0, "closed": 0, "no_goal": 0}


def test_figures_that_are_not_of_now_have_no_state() -> None:
    fresh = snapshot()
    assert states(fresh, fresh.as_of + FRESH_MS - 1)
    assert states(fresh, fresh.as_of + FRESH_MS) == {}
    assert states(snapshot(source_stale=True)) == {}
    assert states(snapshot(attention=None)) == {}
    assert states(snapshot(replay=True), NOW + FRESH_MS)
    assert states(snapshot(replay=True, source_stale=True)) == {}


def test_totals_are_counters_with_their_reversals() -> None:
    found = samples(families(snapshot()))
    assert found["callcentre_legs_answered_total", ("billing",)] == 6
    assert found["callcentre_legs_answered_reversed_total", ("billing",)] == 1


def test_names_and_hours_are_those_of_the_targets_that_hold() -> None:
    """A version that is still ahead must not bring back a queue that was taken out."""

    def version(number: int, valid_from: int, *queues: str) -> TargetsVersion:
        targets = tuple(
            Targets(queue, f"{queue} {number}", "", "", "", "", "UTC", 1, 1) for queue in queues
        )
        return TargetsVersion(number, valid_from, 0, "UTC", targets)

    book = TargetsBook(
        [version(1, 0, "a", "b"), version(2, NOW - 100, "b"), version(3, NOW + 100, "a", "b")]
    )

    def names(now: int) -> list[str]:
        found = samples(
            queue_families([snapshot(queue="a"), snapshot(queue="b")], [], book, [], now)
        )
        return [labels[-1] for name, labels in found if name == "callcentre_target_info"]

    assert names(NOW - 101) == ["a 1", "b 1"]
    assert names(NOW) == ["b 2"]
    assert names(NOW + 100) == ["a 3", "b 3"]
