"""Which version says that a file holds from a moment of the past; the rest is in tests/integration."""

from schemas.millis import DAY, from_iso
from schemas.queues_toml import QueuesFile, parse_queues
from schemas.targets_book import TargetsBook
from streams.admin.correcting_targets import version_from
from streams.admin.targets import next_version
from streams.core.rule_catalogue import RULE_TABLES

NOW = from_iso("2026-11-22T10:00:00Z")
SINCE = NOW - 30 * DAY


def _file(goal: float = 0.8) -> QueuesFile:
    text = f'[defaults]\nanswer_within = "20s"\ngoal = {goal}\n[queues.billing]\n'
    return parse_queues(text, RULE_TABLES)


def test_it_holds_from_then_on_and_not_before() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    assert first is not None
    second = version_from(first, _file(0.9), SINCE, NOW)
    assert second is not None
    assert (second.version, second.valid_from, second.published_at) == (2, SINCE, NOW)
    book = TargetsBook([first, second])
    assert [book.at("billing", at)[1] for at in (SINCE - 1, SINCE, NOW)] == [1, 2, 2]


def test_it_takes_the_place_of_versions_that_began_later() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    wrong = next_version(first, _file(0.5), NOW - 20 * DAY)
    right = version_from(wrong, _file(0.9), SINCE, NOW)
    assert first is not None
    assert wrong is not None
    assert right is not None
    book = TargetsBook([first, wrong, right])
    assert [book.at("billing", at)[1] for at in (SINCE - 1, SINCE, NOW - DAY)] == [1, 3, 3]


def test_what_is_said_already_is_not_published_again() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    second = version_from(first, _file(0.9), SINCE, NOW)
    assert version_from(second, _file(0.9), SINCE, NOW + 1) is None
    assert version_from(second, _file(0.9), SINCE + DAY, NOW + 1) is None
    earlier = version_from(second, _file(0.9), SINCE - DAY, NOW + 1)
    assert earlier is not None
    assert (earlier.version, earlier.valid_from) == (3, SINCE - DAY)


def test_published_for_the_calls_to_come_it_can_be_made_to_hold_from_before() -> None:
    first = next_version(None, _file(), NOW - 60 * DAY)
    to_come = next_version(first, _file(0.9), NOW)
    found = version_from(to_come, _file(0.9), SINCE, NOW)
    assert found is not None
    assert (found.version, found.valid_from) == (3, SINCE)


def test_the_first_version_of_all_holds_from_the_beginning_of_time() -> None:
    found = version_from(None, _file(), SINCE, NOW)
    assert found is not None
    assert (found.version, found.valid_from) == (1, 0)
