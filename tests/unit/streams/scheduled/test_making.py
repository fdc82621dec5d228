"""What may not be made: a period that is not known to its end. With an archive: test_scheduled.py."""

import pytest

from schemas.millis import from_iso
from schemas.periods import period_of
from schemas.report_plans import ReportPlan, parse_when
from streams.scheduled.making import Maker, NotReadyError, file_names
from streams.sinks.clickhouse.database import RefusedError, UnavailableError

PLAN = ReportPlan(
    name="committee", what="week", when=parse_when("06:30"), formats=("pdf", "xlsx"), zone="UTC", period_zone="UTC",
)  # fmt: skip
LATER = from_iso("2026-10-31T00:00:00+02:00")


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
        Maker(lambda: away, "1")(PLAN, period_of("2026-W44"), LATER)  # type: ignore[arg-type,return-value]
    assert str(found.value) == said
    assert away.is_closed


def test_an_archive_that_cannot_be_opened_is_said() -> None:
    def closed() -> object:
        raise UnavailableError("no archive runs")

    with pytest.raises(NotReadyError, match="does not answer: no archive runs"):
        Maker(closed, "1")(PLAN, period_of("2026-W44"), LATER)  # type: ignore[arg-type]


def test_files_have_the_name_of_report_and_period() -> None:
    assert file_names(PLAN, period_of("2026-W44")) == [
        "committee-2026-W44.pdf",
        "committee-2026-W44.xlsx",
    ]
