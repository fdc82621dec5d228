"""When a report is due: zones, both nights on which clocks change, holidays, and what was missed."""

from itertools import pairwise

import pytest

from schemas.millis import DAY, HOUR, from_iso
from schemas.periods import Period, period_of
from schemas.report_plans import ReportPlan, When, parse_when
from streams.scheduled.due import MADE_UP, due, due_at, next_due_at, not_made_up

LONG_AGO = from_iso("2020-01-01T00:00:00+00:00")


def plan(when: str, what: str = "month", zone: str = "UTC", period_zone: str = "") -> ReportPlan:
    return ReportPlan(
        name="committee",
        what=what,  # type: ignore[arg-type]
        when=parse_when(when),
        formats=("pdf",),
        zone=zone,
        period_zone=period_zone or zone,
        holidays=("2027-01-01",),
    )


def texts(periods: list[Period]) -> list[str]:
    return [each.text for each in periods]


@pytest.mark.parametrize(
    ("of", "period", "at"),
    [
        (plan("06:30"), "2026-10", "2026-11-01T06:30:00+00:00"),  # a Sunday
        (plan("first working day 06:30"), "2026-10", "2026-11-02T06:30:00+00:00"),
        (plan("first working day 06:30"), "2026-12", "2027-01-04T06:30:00+00:00"),  # holiday, Saturday, Sunday
        (plan("first working day 06:30", "day"), "2026-10-30", "2026-11-02T06:30:00+00:00"),  # of a Friday
        (plan("06:30", "week"), "2026-W53", "2027-01-04T06:30:00+00:00"),
        (plan("06:30", "day"), "2028-02-29", "2028-03-01T06:30:00+00:00"),
        (plan("3h after"), "2026-10", "2026-11-01T03:00:00+00:00"),
        (plan("00:00", "day"), "2026-10-05", "2026-10-06T00:00:00+00:00"),
        # The period ends in one zone, the clock is of another: never before the end.
        (plan("06:30", "day", "Asia/Jakarta", "Africa/Johannesburg"), "2026-10-05", "2026-10-06T06:30:00+07:00"),
        (plan("04:30", "day", "Asia/Jakarta", "Africa/Johannesburg"), "2026-10-05", "2026-10-07T04:30:00+07:00"),
        (plan("23:00", "day", "America/New_York", "Africa/Johannesburg"), "2026-10-05", "2026-10-05T23:00:00-04:00"),
    ],
)  # fmt: skip
def test_it_is_due_at_the_first_such_clock_after_its_end(
    of: ReportPlan, period: str, at: str
) -> None:
    assert due_at(of, period_of(period)) == from_iso(at)


@pytest.mark.parametrize(
    ("when", "period", "at"),
    [
        ("02:30", "2026-03-28", "2026-03-29T03:30:00+02:00"),  # there was no 02:30
        ("02:30", "2026-10-24", "2026-10-25T02:30:00+02:00"),  # the first of two
        ("3h after", "2026-03-28", "2026-03-29T04:00:00+02:00"),
        ("3h after", "2026-10-24", "2026-10-25T02:00:00+01:00"),
        ("3h after", "2026-03-29", "2026-03-30T03:00:00+02:00"),  # the short day itself
    ],
)
def test_nights_on_which_clocks_change(when: str, period: str, at: str) -> None:
    of = plan(when, "day", "Europe/Berlin")
    moment = due_at(of, period_of(period))
    assert moment == from_iso(at)
    before, after = (
        due_at(of, each(period_of(period))) for each in (Period.previous, Period.following)
    )
    assert before < moment < after
    # Asked each quarter of an hour of that night and the days around, each period becomes due once.
    since = moment - 2 * DAY
    seen = [texts(due(of, since, since + step * HOUR // 4)) for step in range(4 * 24 * 4)]
    for earlier, later in pairwise(seen):
        assert later[: len(earlier)] == earlier
        assert len(later) - len(earlier) in (0, 1)
    assert seen[-1] == sorted(set(seen[-1]))


def test_what_was_due_before_it_was_watched_is_not_made() -> None:
    of = plan("06:30")
    at = due_at(of, period_of("2026-10"))
    assert texts(due(of, at, at + DAY)) == []
    assert texts(due(of, at - 1, at)) == ["2026-10"]
    assert texts(due(of, at - 1, at - 1)) == []


def test_nights_that_were_missed_are_made_up_for_and_older_ones_are_told() -> None:
    of = plan("06:30", "day")
    now = from_iso("2026-11-30T12:00:00+00:00")
    assert texts(due(of, now - 3 * DAY, now)) == ["2026-11-27", "2026-11-28", "2026-11-29"]
    assert not_made_up(of, now - 3 * DAY, now) == []
    many, left = due(of, now - 40 * DAY, now), not_made_up(of, now - 40 * DAY, now)
    assert len(many) == MADE_UP["day"]
    assert texts(left)[-1] == "2026-10-29"
    assert len(many) + len(left) == 40
    assert many[0].previous() == left[-1]


@pytest.mark.parametrize("when", ["06:30", "first working day 06:30", "40h after", "672h after"])
@pytest.mark.parametrize("what", ["month", "week", "day"])
def test_the_next_one_is_the_first_that_is_not_due(when: str, what: str) -> None:
    of = plan(when, what, "Europe/Berlin")
    now = from_iso("2026-10-25T00:00:00+00:00")
    for _ in range(8):
        coming = next_due_at(of, now)
        assert coming > now
        assert due(of, now, coming - 1) == []
        assert due(of, now, coming) != []
        now = coming


def test_when_is_a_value() -> None:
    assert When(390) == parse_when("06:30")
