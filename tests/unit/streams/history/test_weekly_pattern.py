"""Weekday and half hour: every half hour in one slot, sums of counts, on the local clock."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.millis import DAY, MINUTE, from_iso
from schemas.promised import MILLION
from streams.history.consistency import HalfHour
from streams.history.promises_kept import Kept
from streams.history.weekly_pattern import weekly_pattern

MONDAY = from_iso("2026-10-05T08:00:00+02:00")
HALF = 30 * MINUTE
ZONE = "Europe/Berlin"


def half(start: int, good: int, due: int) -> HalfHour:
    return HalfHour(start, start + HALF, Kept(good, due, round(0.8 * due * MILLION)))


def test_the_same_half_hour_of_two_weeks_is_one_slot() -> None:
    (slot,) = weekly_pattern([half(MONDAY, 10, 10), half(MONDAY + 7 * DAY, 2, 30)], ZONE)
    assert (slot.weekday, slot.clock, slot.kept.good, slot.kept.due) == (1, "08:00", 12, 40)
    assert (slot.half_hours, slot.eligible, slot.missed) == (2, 2, 1)


def test_few_calls_are_counted_and_judge_no_half_hour() -> None:
    (slot,) = weekly_pattern([half(MONDAY, 0, 2)], ZONE)
    assert (slot.kept.due, slot.half_hours, slot.eligible, slot.missed) == (2, 1, 0, 0)


def test_the_hour_that_a_night_has_twice_is_in_one_slot() -> None:
    twice = from_iso("2026-10-25T02:00:00+02:00")
    (slot,) = weekly_pattern([half(twice, 5, 5), half(twice + 2 * HALF, 0, 5)], ZONE)
    assert (slot.weekday, slot.clock, slot.half_hours) == (7, "02:00", 2)


@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 9), st.integers(0, 9)), max_size=40)
)
def test_no_call_is_lost(given_halves: list[tuple[int, int, int]]) -> None:
    halves = [half(MONDAY + at * HALF, min(good, due), due) for at, good, due in given_halves]
    slots = weekly_pattern(halves, ZONE)
    assert sum(slot.kept.due for slot in slots) == sum(each.kept.due for each in halves)
    assert sum(slot.kept.good for slot in slots) == sum(each.kept.good for each in halves)
    assert sum(slot.half_hours for slot in slots) == len(halves)
    assert len({(slot.weekday, slot.clock) for slot in slots}) == len(slots)
