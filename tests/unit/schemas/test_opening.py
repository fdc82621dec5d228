"""Opening hours on the clock of a zone, nights and DST included."""

from datetime import date

import pytest

from schemas.millis import HOUR, MINUTE, from_iso
from schemas.opening import (
    Opening,
    business_day,
    closed_until,
    is_open,
    next_opening,
    open_spans,
    parse_date,
    parse_dated,
    parse_weekly,
)

WEEK = Opening(parse_weekly("Mon-Fri 08:00-17:00") + parse_weekly("Sat,Sun 22:00-02:00"))


def opened(at: str, opening: Opening = WEEK, zone: str = "UTC") -> bool:
    return is_open(opening, zone, from_iso(at))


def test_no_hours_at_all_means_always() -> None:
    assert opened("2026-03-02T03:00:00Z", Opening())


@pytest.mark.parametrize(
    ("at", "is_it"),
    [
        ("2026-03-02T07:59:59.999Z", False), ("2026-03-02T08:00:00Z", True),
        ("2026-03-02T16:59:59.999Z", True), ("2026-03-02T17:00:00Z", False),
        ("2026-03-07T23:00:00Z", True), ("2026-03-08T01:59:59Z", True),
        ("2026-03-08T02:00:00Z", False), ("2026-03-09T01:00:00Z", True),
        ("2026-03-10T01:00:00Z", False),
    ],
)  # fmt: skip
def test_a_span_begins_on_its_day_and_may_end_on_the_next(at: str, is_it: bool) -> None:
    assert opened(at) is is_it


def test_hours_are_those_of_the_zone() -> None:
    assert opened("2026-03-02T06:00:00Z", zone="Africa/Johannesburg")
    assert not opened("2026-03-02T15:00:00Z", zone="Africa/Johannesburg")
    assert opened("2026-03-02T02:30:00Z", zone="Asia/Kolkata")


def test_a_holiday_is_closed_unless_an_exception_names_it() -> None:
    opening = Opening(
        WEEK.weekly, holidays=("2026-03-02", "2026-03-03"),
        exceptions=(parse_dated("2026-03-03 09:00-10:00"), parse_dated("2026-03-04 closed")),
    )  # fmt: skip
    assert not opened("2026-03-02T09:00:00Z", opening)
    assert [opened(f"2026-03-03T{h}:30:00Z", opening) for h in ("08", "09", "10")] == [
        False,
        True,
        False,
    ]
    assert not opened("2026-03-04T09:00:00Z", opening)
    assert not opened("2026-03-02T12:00:00Z", Opening(holidays=("2026-03-02",)))
    assert opened("2026-03-03T12:00:00Z", Opening(holidays=("2026-03-02",)))


def test_on_the_nights_of_dst_a_span_is_as_long_as_the_clock_makes_it() -> None:
    night = Opening(parse_weekly("Sat,Sun 00:00-06:00"))
    lengths = {
        day: [
            end - start
            for start, end in open_spans(night, "Europe/London", date.fromisoformat(day))
        ]
        for day in ("2026-03-28", "2026-03-29", "2026-10-25")
    }
    assert lengths == {
        "2026-03-28": [6 * HOUR], "2026-03-29": [5 * HOUR], "2026-10-25": [7 * HOUR],
    }  # fmt: skip


def test_when_it_opens_next() -> None:
    assert next_opening(WEEK, "UTC", from_iso("2026-03-02T08:00:00Z")) == from_iso(
        "2026-03-03T08:00:00Z"
    )
    assert next_opening(Opening(weekly=()), "UTC", from_iso("2026-03-02T08:00:00Z")) is None


def test_a_day_that_starts_at_six_holds_the_night_before_it() -> None:
    at = from_iso("2026-03-02T05:59:59Z")
    start, end = business_day(at, "UTC", 6 * 60)
    assert (start, end) == (from_iso("2026-03-01T06:00:00Z"), from_iso("2026-03-02T06:00:00Z"))
    assert business_day(at + MINUTE, "UTC", 6 * 60)[0] == end


@pytest.mark.parametrize(
    "text",
    [
        "Mon",
        "Mon 08:00",
        "Mon 8-17",
        "Mon-Fri 08:00-25:00",
        "Foo 08:00-17:00",
        "Mon-Xyz 08:00-09:00",
    ],
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_weekly(text)


def test_the_week_may_turn_and_midnight_has_two_names() -> None:
    assert [span.weekday for span in parse_weekly("Sat-Mon 00:00-24:00")] == [5, 6, 0]
    (span,) = parse_weekly("Mon 22:00-22:00")
    assert span.end_minute - span.start_minute == 24 * 60


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", ""])
def test_dates_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f'got "{text}"'):
        parse_date(text)
    with pytest.raises(ValueError, match="expected"):
        parse_dated(f"{text} closed")


def test_a_closed_queue_says_when_it_opens() -> None:
    hours = Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00"))

    def said(text: str, opening: Opening = hours) -> str | None:
        return closed_until(opening, "Africa/Johannesburg", from_iso(text))

    assert said("2026-11-18T12:59:59+02:00") is None
    assert said("2026-11-18T13:00:00+02:00") == "opens Thu 07:00"
    assert said("2026-11-18T05:00:00+02:00") == "opens 07:00"
    rare = Opening(weekly=parse_weekly("Tue 07:00-13:00"), holidays=("2026-11-24",))
    assert said("2026-11-18T14:00:00+02:00", rare) == "opens Tue 1 Dec 07:00"
    assert said("2026-11-18T14:00:00+02:00", Opening(weekly=())) == "no opening within two weeks"
    assert said("2026-11-18T14:00:00+02:00", Opening()) is None
