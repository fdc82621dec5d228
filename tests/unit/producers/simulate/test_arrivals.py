"""Calls come when the profile says, and days and half hours differ as much as they should."""

from math import sqrt
from zoneinfo import ZoneInfo

import pytest

from producers.simulate.arrivals import BLOCK_MS, Arrivals
from producers.simulate.centre import Centre, Demand, Scenario
from schemas.millis import DAY, from_iso, to_datetime
from schemas.opening import Opening, parse_weekly

MONDAY = from_iso("2026-11-23T00:00:00+02:00")
ZONE = "Africa/Johannesburg"


def centre(demand: Demand, **scenario: float) -> Centre:
    return Centre("test", ZONE, (demand,), (), Scenario("test", "t", **scenario))  # type: ignore[arg-type]


def counted(centre_: Centre, days: int, seed: str = "s") -> list[list[int]]:
    """Calls by day and half hour."""
    arrivals = Arrivals(centre_, seed)
    return [
        [len(arrivals.block(MONDAY + d * DAY + b * BLOCK_MS, MONDAY + d * DAY + b * BLOCK_MS))
         for b in range(48)]
        for d in range(days)
    ]  # fmt: skip


def test_a_day_has_as_many_calls_as_it_should_and_in_its_hours() -> None:
    hours = tuple(3.0 if hour == 10 else 1.0 for hour in range(24))
    days = counted(centre(Demand("q", "c", 2_600, 100, hours=hours)), 60)
    assert sum(map(sum, days)) / 60 == pytest.approx(2_600, rel=0.05)
    at_ten = sum(day[20] + day[21] for day in days) / 60
    assert at_ten == pytest.approx(300, rel=0.08)


def test_days_differ_as_configured() -> None:
    days = [sum(day) for day in counted(centre(Demand("q", "c", 4_800, 100), day_sd=0.15), 200)]
    mean = sum(days) / len(days)
    sd = sqrt(sum((day - mean) ** 2 for day in days) / len(days)) / mean
    assert sd == pytest.approx(0.15, abs=0.03)


def test_inside_of_a_half_hour_arrivals_are_poisson() -> None:
    """Six-minute counts, against the mean of their own half hour: variance over mean is 1."""
    arrivals = Arrivals(centre(Demand("q", "c", 9_600, 100)), "s")
    total = expected = 0.0
    for block in range(48 * 10):
        start = MONDAY + block * BLOCK_MS
        bins = [0] * 5
        for at, _ in arrivals.block(start, start):
            bins[(at - start) * 5 // BLOCK_MS] += 1
        mean = sum(bins) / 5
        total += sum((count - mean) ** 2 for count in bins) / 4
        expected += mean
    assert total / expected == pytest.approx(1.0, abs=0.1)


def test_a_closed_queue_hears_only_a_trickle() -> None:
    opening = Opening(parse_weekly("Mon-Fri 08:00-16:00"))
    day = counted(centre(Demand("q", "c", 24_000, 100, opening)), 1)[0]
    assert sum(day[16:32]) == pytest.approx(8_000, rel=0.3)
    assert 0 < sum(day[:16]) + sum(day[32:]) < 0.1 * sum(day[16:32])


def test_weekdays_differ() -> None:
    days = counted(
        centre(Demand("q", "c", 4_800, 100, weekdays=(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.5))), 7
    )
    assert sum(days[5]) == 0
    assert sum(days[6]) == pytest.approx(2_400, rel=0.3)


def test_the_first_block_begins_in_the_middle() -> None:
    arrivals = Arrivals(centre(Demand("q", "c", 48_000, 100)), "s")
    begin = MONDAY + BLOCK_MS // 2
    times = [at for at, _ in arrivals.block(MONDAY, begin)]
    assert times == sorted(times)
    assert begin <= times[0]
    assert times[-1] < MONDAY + BLOCK_MS
    assert to_datetime(times[0], ZoneInfo(ZONE)).hour == 0
