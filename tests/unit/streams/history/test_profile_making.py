"""Profiles of made-up weeks: slots of the queue's zone, one bad week, holidays, too little history, and dispersion."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest

from schemas.millis import DAY, HOUR
from schemas.opening import Opening, parse_weekly
from schemas.profiles import Profile, calls_a_week
from schemas.targets_book import TargetsBook
from streams.core.expected_calls import BIN_MS
from streams.history.profile_making import Made, first_needed, make, open_bins
from tests.support.builders import BILLING, MONDAY, published, targets
from tests.unit.streams.core.test_surge_cusum import drawn

OFFICE = Opening(weekly=parse_weekly("Mon-Fri 08:00-17:00"))
WEEK = 7 * DAY
END = MONDAY + 8 * WEEK


def of_weeks(
    rate: Callable[[int], float], opening: Opening = OFFICE, start: int = MONDAY, end: int = END,
    zone: str = "UTC",
) -> Made:  # fmt: skip
    """`rate`: calls of the bin that starts then; closed bins have calls, too, which must not count."""
    book = TargetsBook([published(targets(opening=opening, time_zone=zone))])
    bins = {at: n for at in range(start, end, BIN_MS) if (n := round(rate(at)))}
    return make(BILLING, book, bins, (start, end), end)


def made(*arguments: object, **more: object) -> Profile:
    profile = of_weeks(*arguments, **more).profile  # type: ignore[arg-type]
    assert profile is not None
    return profile


def week_of(at: int) -> int:
    return (at - MONDAY) // WEEK


def test_a_slot_has_the_mean_of_its_weekday_and_closed_time_has_none() -> None:
    profile = made(lambda at: 1 + (at - MONDAY) // DAY % 7)
    assert [day[8 * 4] for day in profile.days] == [3, 6, 9, 12, 15, None, None]
    assert [profile.days[0][slot] for slot in (31, 32, 67, 68)] == [None, 3, 3, None]
    assert (profile.since, profile.until, profile.time_zone) == (MONDAY, END, "UTC")
    assert calls_a_week(profile) == 9 * 4 * (3 + 6 + 9 + 12 + 15)


@pytest.mark.parametrize("factor", [0, 10])
def test_one_bad_week_changes_nothing(factor: int) -> None:
    usual = made(lambda at: 2 + week_of(at) % 2)
    bad = made(lambda at: (2 + week_of(at) % 2) * (factor if week_of(at) == 3 else 1))
    assert calls_a_week(bad) == pytest.approx(calls_a_week(usual), rel=0.07)
    assert bad.dispersion == usual.dispersion == 1


def test_holidays_and_exceptions_are_no_usual_days() -> None:
    first = date(2026, 3, 2)
    mondays = [(first + timedelta(weeks=n)).isoformat() for n in range(8)]
    special = Opening(weekly=OFFICE.weekly, holidays=tuple(mondays[:5]))
    assert of_weeks(lambda _: 2, special).days["Mon"] == 3
    profile = of_weeks(lambda _: 2, special)
    assert profile.lacking() == ["Mon"]
    assert profile.profile is not None
    assert set(profile.profile.days[0]) == {None}
    assert profile.profile.days[1][40] == 6


def test_four_days_of_a_weekday_are_needed_and_only_whole_ones_count() -> None:
    short = of_weeks(lambda _: 2, start=MONDAY + 9 * HOUR, end=MONDAY + 4 * WEEK + 9 * HOUR)
    assert short.days == {"Mon": 3, "Tue": 4, "Wed": 4, "Thu": 4, "Fri": 4}
    assert short.lacking() == ["Mon"]
    nothing = of_weeks(lambda _: 2, end=MONDAY + 3 * WEEK)
    assert (nothing.profile, nothing.lacking()) == (None, ["Mon", "Tue", "Wed", "Thu", "Fri"])


def test_a_queue_that_is_not_configured_has_none() -> None:
    assert make("other", TargetsBook(), {}, (MONDAY, END), END) == Made("other", None, {})


def test_hours_that_changed_count_from_then_on() -> None:
    early = Opening(weekly=parse_weekly("Mon-Fri 07:00-17:00"))
    later = MONDAY + 4 * WEEK
    book = TargetsBook(
        [published(targets(opening=OFFICE)), published(targets(opening=early), version=2, valid_from=later)]
    )  # fmt: skip
    bins = {
        at: 2
        for at in range(MONDAY, END, BIN_MS)
        if (at % DAY) // HOUR >= (7 if at >= later else 8)
    }
    profile = make(BILLING, book, bins, (MONDAY, END), END).profile
    assert profile is not None
    assert [profile.days[0][slot] for slot in (27, 28, 32)] == [None, 6, 6]


def test_slots_are_those_of_the_zone_also_when_its_clocks_change() -> None:
    """A call in each 5 minutes from 09:00 on the clock of Berlin, where clocks are put forward on 29 March."""
    shift = {True: 2 * HOUR, False: HOUR}
    change = 1_774_746_000_000
    profile = made(
        lambda at: 2 * ((at + shift[at >= change]) % DAY >= 9 * HOUR), opening=Opening(), zone="Europe/Berlin"
    )  # fmt: skip
    for weekday in range(7):
        assert (profile.days[weekday][35], profile.days[weekday][36]) == (0, 6)
    lengths = [
        len(open_bins(Opening(), "Europe/Berlin", date(2026, 3, day), "Europe/Berlin"))
        for day in (28, 29)
    ]
    assert lengths == [288, 276]


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 2.0])
def test_the_dispersion_is_that_of_the_counts(dispersion: float) -> None:
    random = Random(3)
    profile = made(lambda at: drawn(random, 5 if at % HOUR < HOUR // 2 else 8, dispersion))
    assert profile.dispersion == pytest.approx(dispersion, abs=0.08)
    assert profile.days[2][40] == pytest.approx(15, rel=0.2)


def test_busy_and_quiet_days_are_no_dispersion() -> None:
    random = Random(4)
    level = {day: random.choice([0.7, 1.0, 1.3]) for day in range(8 * 7)}
    profile = made(lambda at: drawn(random, 10 * level[(at - MONDAY) // DAY], 1.0))
    assert profile.dispersion < 1.25


def test_so_many_weeks_are_whole_days_in_every_zone() -> None:
    assert first_needed(END, 8) == MONDAY - DAY
