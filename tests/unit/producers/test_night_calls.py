"""Whether the hours of a file look like those of another zone."""

import random
from zoneinfo import ZoneInfo

import pytest

from producers.night_calls import FEWEST_CALLS, Arrivals, night_calls
from schemas.millis import DAY, from_iso

MONDAY = from_iso("2026-03-02T00:00:00Z")
OFFICE = {8: 30, 9: 60, 10: 70, 11: 60, 12: 40, 13: 50, 14: 50, 15: 40, 16: 30, 17: 5}


def _shifted(hours: int) -> dict[int, int]:
    return {(hour + hours) % 24: n for hour, n in OFFICE.items()}


def test_an_office_on_its_own_clock_is_not_asked_about() -> None:
    assert night_calls(OFFICE) is None


@pytest.mark.parametrize(
    ("place", "hours", "told"),
    [
        ("Singapore", -8, (0, 8)),
        ("Kolkata", -6, (2, 10)),
        ("Sydney", -11, (21, 5)),
        ("Auckland", -13, (19, 3)),
    ],
)
def test_an_office_that_is_read_as_utc_is_asked_about(
    place: str, hours: int, told: tuple[int, int]
) -> None:
    assert night_calls(_shifted(hours)) == told, place


@pytest.mark.parametrize("hours", [-4, -3, -2, -1, 1, 2, 3, 4, 5])
def test_a_few_hours_could_be_another_office(hours: int) -> None:
    assert night_calls(_shifted(hours)) is None


def test_too_few_calls_say_nothing() -> None:
    assert night_calls({3: FEWEST_CALLS - 1}) is None
    assert night_calls({3: FEWEST_CALLS // 2, 4: FEWEST_CALLS - FEWEST_CALLS // 2}) == (3, 5)


def test_a_service_that_never_closes_is_not_asked_about_however_quiet_it_is() -> None:
    for seed in range(200):
        dice = random.Random(seed)
        arrivals = Arrivals()
        for _ in range(FEWEST_CALLS):
            arrivals.add("billing", MONDAY + dice.randrange(30 * DAY))
        assert night_calls(arrivals.by_hour(ZoneInfo("UTC"))) is None, seed


def test_a_helpline_with_more_calls_at_night_than_by_day_is_not_asked_about() -> None:
    assert night_calls({hour: 10 if 8 <= hour < 20 else 40 for hour in range(24)}) is None


def test_an_evening_service_is_not_asked_about() -> None:
    assert night_calls({17: 10, 18: 40, 19: 60, 20: 60, 21: 40, 22: 20, 23: 10}) is None


def test_hours_are_those_of_the_zone_on_each_day() -> None:
    arrivals = Arrivals()
    for day in ("2026-03-02", "2026-07-06"):  # winter and summer
        arrivals.add("billing", from_iso(f"{day}T09:10:00", ZoneInfo("Europe/Berlin")))
    arrivals.add(
        "billing", from_iso("2026-03-02T09:10:00", ZoneInfo("Asia/Kathmandu"))
    )  # 5:45 ahead
    assert arrivals.by_hour(ZoneInfo("Europe/Berlin")) == {9: 2, 4: 1}
    assert arrivals.by_hour(ZoneInfo("Asia/Kathmandu"))[9] == 1


def test_the_stretch_may_lie_over_midnight() -> None:
    assert night_calls({23: 40, 0: 40, 1: 40}) == (23, 2)
