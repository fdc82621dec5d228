from typing import Any

import pytest

from schemas.millis import HOUR
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.reports.intervals import REPORT, begun_intervals
from streams.history.reports.summary import REPORT as SUMMARY
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive

CATALOGUE = Catalogue("UTC", {"billing": targets("billing")})


def test_it_is_the_summary_cut_into_intervals() -> None:
    question = Question(MONDAY, MONDAY + 2 * HOUR, every_ms=HOUR // 2)
    rows = begun_intervals(FakeArchive(), CATALOGUE, question)
    assert [str(row["start"])[11:16] for row in rows] == ["00:00", "00:30", "01:00", "01:30"]
    shared = [each for each in REPORT.parts[0].columns if each.name != "running"]
    assert tuple(shared) == SUMMARY.parts[0].columns
    assert {*REPORT.options} - {*SUMMARY.options} == {REPORT.options[-1]}


@pytest.mark.parametrize(
    ("now", "as_of", "called_at", "starts"),
    [
        (MONDAY + HOUR // 2, None, None, ["00:00", "00:30"]),  # it begins at this moment
        (MONDAY + HOUR - 1, None, None, ["00:00", "00:30"]),
        (MONDAY - 1, None, None, []),
        (MONDAY + 9 * HOUR, None, None, ["00:00", "00:30", "01:00", "01:30"]),
        (MONDAY + 9 * HOUR, MONDAY + HOUR, None, ["00:00", "00:30", "01:00"]),
        (MONDAY - HOUR, None, MONDAY + HOUR, ["00:00", "00:30", "01:00"]),  # a clock that is ahead
        (None, None, None, ["00:00", "00:30", "01:00", "01:30"]),
    ],
)
def test_an_interval_that_has_not_begun_has_no_row_of_zeros(
    now: int | None, as_of: int | None, called_at: int | None, starts: list[str]
) -> None:
    legs = [{"report_group": "billing", "slot": called_at, "n_rejected": 1}] if called_at else []
    question = Question(MONDAY, MONDAY + 2 * HOUR, every_ms=HOUR // 2, now=now, as_of=as_of)
    rows = begun_intervals(Counting(legs), CATALOGUE, question)
    assert [str(row["start"])[11:16] for row in rows] == starts


def test_the_interval_that_goes_on_is_marked() -> None:
    for now, running in (
        (MONDAY + HOUR // 2, [0, 1]),
        (MONDAY + HOUR - 1, [0, 1]),
        (MONDAY + HOUR, [0, 0, 1]),
        (MONDAY + 9 * HOUR, [0, 0, 0, 0]),
    ):
        question = Question(MONDAY, MONDAY + 2 * HOUR, every_ms=HOUR // 2, now=now)
        rows = begun_intervals(FakeArchive(), CATALOGUE, question)
        assert [row["running"] for row in rows] == running


class Counting(FakeArchive):
    """Answers questions that count, and knows no other queue than the configured ones."""

    def __init__(self, counted: list[dict[str, Any]]) -> None:
        super().__init__()
        self._counted = counted

    def execute(self, sql: str) -> Answer:
        if "report_group" not in sql or not self._counted:
            return super().execute(sql)
        return Answer([*self._counted[0]], [tuple(each.values()) for each in self._counted])
