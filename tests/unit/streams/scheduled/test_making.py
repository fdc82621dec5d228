"""What may not be made: a period that is not known to its end. With an archive: test_scheduled.py."""

import pytest
from msgspec.structs import replace

from schemas.millis import from_iso
from schemas.opening import Opening, parse_weekly
from schemas.periods import period_of
from schemas.report_plans import ReportPlan, parse_when
from streams.scheduled.making import Maker, NotReadyError, file_names, open_meanwhile
from streams.sinks.clickhouse.database import RefusedError, UnavailableError
from tests.support.builders import targets

PLAN = ReportPlan(
    name="committee", what="week", when=parse_when("06:30"), formats=("pdf", "xlsx"), zone="UTC", period_zone="UTC",
)  # fmt: skip
BY_DAY = replace(
    targets("day"),
    opening=Opening(parse_weekly("Mon-Fri 07:00-19:00")),
    time_zone="Africa/Johannesburg",
)
BY_NIGHT = replace(
    targets("night"),
    opening=Opening(parse_weekly("Mon-Sun 22:00-06:00")),
    time_zone="Africa/Johannesburg",
)
ALWAYS = targets("always")


def at(text: str) -> int:
    return from_iso(f"2026-10-{text}:00+02:00")


@pytest.mark.parametrize(
    ("queues", "start", "end", "found"),
    [
        ([BY_DAY], "05T19:00", "06T00:00", ""),
        ([BY_DAY], "05T18:59", "06T00:00", "day"),
        ([BY_DAY], "09T20:00", "12T00:00", ""),  # the week ends on a Friday
        ([BY_DAY], "09T20:00", "12T07:00", ""),
        ([BY_DAY], "09T20:00", "12T07:01", "day"),
        ([BY_DAY, BY_NIGHT], "05T19:00", "06T00:00", "night"),
        ([BY_NIGHT], "06T01:00", "06T02:00", "night"),  # it opened the evening before
        ([BY_DAY, ALWAYS], "05T23:00", "06T00:00", "always"),
        ([ALWAYS], "06T00:00", "06T00:00", ""),
        ([ALWAYS], "06T05:00", "06T00:00", ""),
        ([], "05T00:00", "06T00:00", ""),
    ],
)
def test_what_is_not_known_of_hours_in_which_a_line_was_open_is_missing(
    queues: list[object], start: str, end: str, found: str
) -> None:
    assert open_meanwhile(queues, at(start), at(end)) == found  # type: ignore[arg-type]


class Away:
    """An archive that answers with this error."""

    def __init__(self, error: Exception) -> None:
        self.error, self.is_closed = error, False

    def execute(self, _: str) -> object:
        raise self.error

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnavailableError("no connection"), "the archive does not answer: no connection"),
        (RefusedError("no right"), "the archive refuses the question: no right"),
    ],
)
def test_an_archive_that_does_not_answer_is_said(error: Exception, said: str) -> None:
    away = Away(error)
    with pytest.raises(NotReadyError) as found:
        Maker(lambda: away, "1")(PLAN, period_of("2026-W44"), at("31T00:00"))  # type: ignore[arg-type,return-value]
    assert str(found.value) == said
    assert away.is_closed


def test_an_archive_that_cannot_be_opened_is_said() -> None:
    def closed() -> object:
        raise UnavailableError("no archive runs")

    with pytest.raises(NotReadyError, match="does not answer: no archive runs"):
        Maker(closed, "1")(PLAN, period_of("2026-W44"), at("31T00:00"))  # type: ignore[arg-type]


def test_files_have_the_name_of_report_and_period() -> None:
    assert file_names(PLAN, period_of("2026-W44")) == [
        "committee-2026-W44.pdf",
        "committee-2026-W44.xlsx",
    ]
