from schemas.millis import HOUR
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.report import answer
from streams.history.reports.intervals import REPORT
from streams.history.reports.summary import REPORT as SUMMARY
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive


def test_it_is_the_summary_cut_into_intervals() -> None:
    catalogue = Catalogue("UTC", {"billing": targets("billing")})
    question = Question(MONDAY, MONDAY + 2 * HOUR, every_ms=HOUR // 2)
    (rows,) = answer(REPORT, FakeArchive(), catalogue, question).rows
    assert [str(row["start"])[11:16] for row in rows] == ["00:00", "00:30", "01:00", "01:30"]
    assert REPORT.parts[0].columns == SUMMARY.parts[0].columns
    assert {*REPORT.options} - {*SUMMARY.options} == {REPORT.options[-1]}
