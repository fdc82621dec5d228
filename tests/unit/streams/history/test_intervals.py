from itertools import pairwise
from zoneinfo import ZoneInfo

from schemas.millis import HOUR, from_iso, iso
from schemas.opening import Opening, parse_weekly
from streams.history.intervals import EVERY, Run, bounds, open_starts, runs


def labels(start: str, end: str, every: str, zone: str, day_start_minute: int = 0) -> list[str]:
    points = bounds(from_iso(start), from_iso(end), EVERY[every], zone, day_start_minute)
    return [iso(point, ZoneInfo(zone)) for point in points]


def test_the_night_of_25_hours_has_two_intervals_at_two_o_clock() -> None:
    hours = labels("2026-10-25T00:00:00+02:00", "2026-10-25T05:00:00+01:00", "1h", "Europe/Berlin")
    assert hours == [
        "2026-10-25T00:00:00+02:00",
        "2026-10-25T01:00:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
        "2026-10-25T04:00:00+01:00",
        "2026-10-25T05:00:00+01:00",
    ]


def test_the_night_of_23_hours_has_no_interval_at_two_o_clock() -> None:
    hours = labels("2026-03-29T00:00:00+01:00", "2026-03-29T04:00:00+02:00", "1h", "Europe/Berlin")
    assert hours == [
        "2026-03-29T00:00:00+01:00",
        "2026-03-29T01:00:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T04:00:00+02:00",
    ]


def test_days_are_23_and_25_hours_long_on_those_nights() -> None:
    for first, last, lengths in (
        ("2026-03-28T00:00:00+01:00", "2026-03-31T00:00:00+02:00", [24, 23, 24]),
        ("2026-10-24T00:00:00+02:00", "2026-10-27T00:00:00+01:00", [24, 25, 24]),
    ):
        points = bounds(from_iso(first), from_iso(last), EVERY["1d"], "Europe/Berlin")
        assert [(b - a) // HOUR for a, b in pairwise(points)] == lengths


def test_half_hour_zones_start_at_their_own_full_hours() -> None:
    assert labels("2026-05-01T03:00:00Z", "2026-05-01T05:30:00Z", "1h", "Asia/Kolkata") == [
        "2026-05-01T08:30:00+05:30",  # cut: the range begins there
        "2026-05-01T09:00:00+05:30",
        "2026-05-01T10:00:00+05:30",
        "2026-05-01T11:00:00+05:30",
    ]
    quarter = labels("2026-05-01T00:00:00Z", "2026-05-01T00:45:00Z", "30m", "Asia/Kathmandu")
    assert quarter == [
        "2026-05-01T05:45:00+05:45",
        "2026-05-01T06:00:00+05:45",
        "2026-05-01T06:30:00+05:45",
    ]


def test_a_clock_that_changes_by_half_an_hour_cuts_the_hour() -> None:
    autumn = labels(
        "2026-04-05T01:00:00+11:00", "2026-04-05T03:00:00+10:30", "1h", "Australia/Lord_Howe"
    )
    assert autumn == [
        "2026-04-05T01:00:00+11:00",
        "2026-04-05T01:30:00+10:30",
        "2026-04-05T02:00:00+10:30",
        "2026-04-05T03:00:00+10:30",
    ]


def test_the_day_starts_when_the_business_day_does() -> None:
    days = labels(
        "2026-05-01T00:00:00+02:00",
        "2026-05-03T00:00:00+02:00",
        "1d",
        "Africa/Johannesburg",
        6 * 60,
    )
    assert days == [
        "2026-05-01T00:00:00+02:00",
        "2026-05-01T06:00:00+02:00",
        "2026-05-02T06:00:00+02:00",
        "2026-05-03T00:00:00+02:00",
    ]


def test_bounds_rise_and_cover_the_range() -> None:
    start, end = from_iso("2026-01-01T00:17:00Z"), from_iso("2027-01-01T00:17:00Z")
    for every in EVERY.values():
        points = bounds(start, end, every, "Europe/London")
        assert (points[0], points[-1]) == (start, end)
        assert points == sorted(set(points))
        assert max(b - a for a, b in pairwise(points)) <= every + HOUR


def test_runs_pack_equal_lengths_and_lose_nothing() -> None:
    assert runs([0, 10, 20, 25, 35]) == [Run(0, 10, 2), Run(20, 5, 1), Run(25, 10, 1)]
    start, end = from_iso("2026-01-01T00:00:00Z"), from_iso("2027-01-01T00:00:00Z")
    points = bounds(start, end, EVERY["1d"], "Europe/London")
    packed = runs(points)
    assert [run.start + n * run.length for run in packed for n in range(run.count)] == points[:-1]
    assert [run.length // HOUR for run in packed] == [24, 23, 24, 25, 24]


def test_only_intervals_that_touch_opening_hours_are_open() -> None:
    start, end = from_iso("2026-05-01T00:00:00Z"), from_iso("2026-05-02T00:00:00Z")  # a Friday
    points = bounds(start, end, EVERY["30m"], "UTC")
    opening = Opening(weekly=parse_weekly("Fri 07:15-08:00"))
    assert [iso(at) for at in open_starts(points, opening, "UTC")] == [
        "2026-05-01T07:00:00Z",
        "2026-05-01T07:30:00Z",
    ]
    assert open_starts(points, Opening(), "UTC") == points[:-1]
    night = Opening(weekly=parse_weekly("Thu 22:00-01:00"))
    assert len(open_starts(points, night, "UTC")) == 2
    assert open_starts(points, Opening(weekly=()), "UTC") == []
