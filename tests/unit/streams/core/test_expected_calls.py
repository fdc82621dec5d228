"""What a queue expects: slots of its own zone, opening hours that separate, and when a silence becomes unlikely."""

import pytest

from schemas.millis import DAY, HOUR, MINUTE
from schemas.opening import Opening, parse_weekly
from streams.core.expected_calls import BIN_MS, ExpectedCalls, Span
from tests.support.builders import clock, targets
from tests.support.profiles import profile

OFFICE = Opening(weekly=parse_weekly("Mon-Fri 08:00-17:00"), holidays=("2026-03-03",))


def by_slot(_day: int, slot: int) -> float:
    return float(slot)


def test_a_bin_has_a_third_of_its_slot_in_the_zone_of_the_profile() -> None:
    usual = ExpectedCalls(profile(per_slot=by_slot, zone="Asia/Kathmandu"), targets())
    assert usual.of_bin(clock("00:00")) == pytest.approx((5 * 4 + 3) / 3)  # 05:45 there
    assert usual.of_bin(clock("00:15")) == pytest.approx((6 * 4) / 3)


def test_the_night_when_clocks_change_has_the_slots_of_its_clock() -> None:
    night = 1_774_746_000_000  # 2026-03-29T01:00Z: 02:00 in Berlin becomes 03:00
    usual = ExpectedCalls(profile(per_slot=by_slot, zone="Europe/Berlin"), targets())
    assert usual.of_bin(night - BIN_MS) == pytest.approx(7 / 3)
    assert usual.of_bin(night) == pytest.approx(12 / 3)


def test_nothing_is_expected_in_closed_hours_on_holidays_and_where_nothing_is_known() -> None:
    only_monday = profile(per_slot=lambda day, _: 15.0 if day == 0 else None)
    usual = ExpectedCalls(only_monday, targets(opening=OFFICE))
    assert usual.of_bin(clock("08:00")) == 5
    assert [usual.of_bin(clock(at)) for at in ("07:55", "17:00", "32:00", "56:00")] == [None] * 4
    assert not usual.is_open(clock("32:00"))
    assert usual.is_open(clock("56:00"))
    assert not usual.is_known(clock("56:00"))


def test_bins_that_are_not_whole_in_opening_hours_expect_nothing() -> None:
    opening = Opening(weekly=parse_weekly("Mon 08:02-17:00"))
    usual = ExpectedCalls(profile(), targets(opening=opening))
    assert (usual.of_bin(clock("08:00")), usual.of_bin(clock("08:05"))) == (None, 5)
    assert usual.within(clock("07:00"), clock("08:15")) == 10
    assert usual.within(clock("08:06"), clock("08:16")) == 5


def test_what_is_expected_since_a_call_begins_anew_at_opening_and_ends_with_a_day() -> None:
    usual = ExpectedCalls(profile(), targets(opening=OFFICE))
    assert usual.since(clock("10:02"), clock("10:09")) == Span(7.0, clock("10:02"))
    assert usual.since(clock("02:00"), clock("08:30")) == Span(30.0, clock("08:00"))
    always = ExpectedCalls(profile(), targets())
    assert always.since(0, clock("00:00")) == Span(1_440.0, clock("00:00") - DAY)


@pytest.mark.parametrize("since", ["09:00", "09:03", "16:30", "07:00"])
def test_the_time_at_which_a_silence_becomes_unlikely_is_known_in_advance(since: str) -> None:
    usual = ExpectedCalls(
        profile(per_slot=lambda _, slot: (slot % 7) * 2.5), targets(opening=OFFICE)
    )
    begin = clock(since)
    asked = [begin + n * MINUTE for n in range(2 * 60)]
    reached = [at for at in asked if usual.is_open(at) and usual.since(begin, at).calls >= 9]
    expected = reached[0] if reached else begin + 2 * HOUR
    assert usual.reach(9, begin, begin) == expected


def test_the_last_hour_and_what_was_before_it_on_the_day_to_the_minute() -> None:
    usual = ExpectedCalls(profile(per_slot=15.0), targets(opening=OFFICE))  # one a minute
    day = clock("00:00")
    assert usual.last_hour(day, clock("12:02")) == (5, 60, 3 * 60 + 2)
    assert usual.last_hour(day, clock("12:03")) == (5, 60, 3 * 60 + 3)
    assert usual.last_hour(day, clock("08:30")) == (5, 30, 0)
    assert usual.last_hour(clock("11:00"), clock("12:03")) == (5, 60, 3)
    assert usual.last_hour(day, clock("17:00")) == (None, 0, 0)
