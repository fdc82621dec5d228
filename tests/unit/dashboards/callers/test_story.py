"""What somebody who waits has been through, and what nobody can know of it."""

import pytest
from msgspec.structs import replace

from dashboards.callers.story import MOST_BEFORE, Before, Story, story
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE
from tests.support.callers import ANN, DAY_BEGAN, OTHER, came, stay_of, stays_of

WAITS = came("w", contact_id="c")


def told(
    *rows: LegRow, of: LegRow = WAITS, since: int | None = DAY_BEGAN, hidden: str = ""
) -> Story:
    stays = stays_of(*rows, of, known_since=since)
    return story(stays, stay_of(stays, of), DAY_BEGAN, lambda queue: queue != hidden)


def test_a_first_call_has_no_story() -> None:
    assert told() == Story(caller="aaaaaaaa", rang_today=1)


def test_the_queues_before_this_one_with_their_waits() -> None:
    first = came(
        "a", "transferred", before=9 * MINUTE, wait=2 * MINUTE, contact_id="c", queue=OTHER
    )
    then = came("b", "exited", before=5 * MINUTE, wait=3 * MINUTE, contact_id="c", queue="third")
    found = told(then, first)
    assert found.before == (
        Before(OTHER, "transferred", first.arrived_at, 2 * MINUTE),
        Before("third", "exited", then.arrived_at, 3 * MINUTE),
    )
    assert (found.stays_before, found.waited_before_ms, found.sent_from) == (2, 5 * MINUTE, "third")
    assert found.rang_today == 1  # it is one call


@pytest.mark.parametrize(
    ("reason", "sent_from"), [("transfer", OTHER), ("caller", ""), ("agent", "")]
)  # fmt: skip
def test_an_agent_sends_on_by_a_transfer_alone(reason: str, sent_from: str) -> None:
    before = came("a", "answered", before=9 * MINUTE, contact_id="c", queue=OTHER, reason=reason)
    assert told(before).sent_from == sent_from


def test_a_wait_that_nobody_told_makes_no_sum() -> None:
    unknown = replace(
        came("a", "exited", before=9 * MINUTE, contact_id="c", queue=OTHER), wait_ms=None
    )
    known = came("b", "exited", before=5 * MINUTE, contact_id="c")
    assert told(unknown, known).waited_before_ms is None


def test_of_a_hidden_queue_a_story_says_only_that_there_was_one() -> None:
    before = came("a", "transferred", before=9 * MINUTE, contact_id="c", queue=OTHER)
    found = told(before, hidden=OTHER)
    assert (found.before, found.stays_before) == ((Before(),), 1)
    assert (found.sent_from, found.waited_before_ms) == ("", None)


def test_only_the_newest_stays_are_listed() -> None:
    many = [
        came(f"a{n}", "exited", before=HOUR - n * MINUTE, contact_id="c")
        for n in range(MOST_BEFORE + 3)
    ]
    found = told(*many)
    assert (found.stays_before, len(found.before)) == (MOST_BEFORE + 3, MOST_BEFORE)
    assert found.before[-1].arrived_at == many[-1].arrived_at


def test_calls_of_the_day_are_counted_once_each_and_only_those_up_to_this_one() -> None:
    rows = (
        came("y", "answered", before=15 * HOUR),  # yesterday
        came("a", "answered", before=3 * HOUR, contact_id="b"),
        came("b", "answered", before=3 * HOUR - MINUTE, contact_id="b", queue=OTHER),
        came("r", "rejected", before=2 * HOUR),
        came("o", "answered", before=HOUR, direction="outbound"),
        came("k", "answered", before=HOUR, channel="callback"),
        came("later", before=0),
        came("else", "answered", before=HOUR, caller=ANN.replace("a" * 32, "c" * 32)),
    )
    assert told(*rows).rang_today == 3


def test_nobody_knows_how_often_a_caller_rang_of_whom_the_day_is_not_known() -> None:
    assert told(since=DAY_BEGAN + 1).rang_today is None
    assert told(since=None).rang_today is None
    assert told(of=replace(WAITS, caller="")) == Story()
    stays = stays_of(WAITS)
    assert story(stays, stay_of(stays, WAITS), None, lambda _: True).rang_today is None


def test_who_hung_up_and_came_back() -> None:
    gave_up = came("a", "abandoned", before=2 * HOUR)
    assert told(gave_up).hung_up_at == gave_up.left_at
    newer = came("b", "abandoned", before=HOUR, queue=OTHER)
    assert told(newer, gave_up).hung_up_at == newer.left_at
    for none in (
        replace(gave_up, short=True),
        replace(gave_up, channel="callback"),
        replace(gave_up, outcome="answered"),
        replace(gave_up, contact_id="c"),  # the same call
        came("y", "abandoned", before=15 * HOUR),  # yesterday
    ):
        assert told(none).hung_up_at is None, none


def test_missed_offers_and_call_backs_are_said() -> None:
    found = told(of=replace(WAITS, missed_offers=2, channel="callback"))
    assert (found.missed_offers, found.is_call_back) == (2, True)
