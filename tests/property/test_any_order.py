"""Any order within a minute, duplicates and crashes: the same legs, totals and days in the end."""

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.calls import Event
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE
from schemas.timing import DISORDER_MS
from tests.support.builders import mark
from tests.support.days import NODES, START, Day, believed, days, given_up, in_order
from tests.support.recount import recount
from tests.support.story import Story


def told(events: list[Event], crashes: set[int] = frozenset()) -> Story:  # type: ignore[assignment]
    story = Story()
    for position, event in enumerate(events):
        if position in crashes:
            story.restart()
        story.say(event)
    return story


def facts_of(rows: dict[str, LegRow]) -> dict[str, LegRow]:
    """The legs without what tells how and when they became known."""
    unsaid = {"version": 0, "known_at": 0, "key_at": 0, "doubtful": False}
    return {
        leg: replace(row, **unsaid, offers=0 if row.outcome == "open" else row.offers)
        for leg, row in rows.items()  # an offer alone writes no row: the next one shows it
    }


@given(days())
def test_the_order_of_arrival_decides_nothing(day: Day) -> None:
    late, orderly = told(day.events, day.crashes), told(list(in_order(day)))
    assert facts_of(late.legs()) == facts_of(orderly.legs())
    assert late.totals() == orderly.totals()
    assert late.today() == orderly.today()


@given(days())
def test_the_legs_are_those_of_a_naive_recount(day: Day) -> None:
    expected = believed(day.events)
    # A day may last for longer than anybody waits. When in its last minute that is found depends on how time came there.
    ends = {
        each.leg_id: each.arrived_at + 2 * HOUR
        for each in expected.values()
        if each.outcome == "open"
    }
    assume(not any(day.end - MINUTE - DISORDER_MS < at <= day.end for at in ends.values()))
    expected |= {leg: given_up(expected[leg]) for leg, at in ends.items() if at <= day.end}
    story = told(day.events, day.crashes)
    seen = {
        leg: (row.outcome, row.arrived_at, row.left_at, row.missed_offers)
        for leg, row in story.legs().items()
    }
    assert seen == {
        leg: (each.outcome, each.arrived_at, each.left_at, len(each.missed_at))
        for leg, each in expected.items()
    }


@given(days())
def test_who_never_leaves_is_a_ghost_after_two_hours_in_any_order(day: Day) -> None:
    ends: list[Event] = [mark("tick", day.end + 3 * HOUR, node) for node in NODES]
    late = told([*day.events, *ends], day.crashes)
    orderly = told([*in_order(day), *ends])
    assert facts_of(late.legs()) == facts_of(orderly.legs())
    assert late.totals() == orderly.totals()
    assert late.snapshot().waiting == 0
    expected = recount(
        [given_up(each) for each in believed(day.events).values()], 0, day.end + HOUR
    )
    assert late.totals().ghost == expected["ghost"]


@given(days(disorder_ms=0))
def test_a_day_sent_twice_is_the_same_day(day: Day) -> None:
    story = told(day.events)
    legs, totals, seen = dict(story.legs()), story.totals(), story.snapshot()
    story.again()
    assert story.legs() == legs
    assert story.totals() == totals
    changed = {"version": story.snapshot().version, "published_at": story.snapshot().published_at}
    assert story.snapshot() == replace(seen, **changed)


@given(days(), st.integers(0, 90 * MINUTE))
def test_a_restart_of_a_platform_may_come_before_or_after_what_it_ended(
    day: Day, after: int
) -> None:
    at = START + after
    restart: Event = mark("restarted", at, "north")
    facts = [event for event in in_order(day) if event.at != at]  # one instant has no order
    early = told(sorted([*facts, restart], key=lambda event: event.at))
    late = told([*(event for event in day.events if event.at != at), restart], day.crashes)
    first = told([restart, *facts])
    assert facts_of(late.legs()) == facts_of(early.legs())
    assert late.totals() == early.totals() == first.totals()
