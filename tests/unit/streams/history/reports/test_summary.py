from schemas.millis import HOUR
from streams.history.call_figures import call_figures
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.reports.summary import REPORT
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive


def test_the_whole_range_is_one_row_a_group() -> None:
    catalogue = Catalogue("UTC", {"billing": targets("billing"), "cards": targets("cards")})
    question = Question(MONDAY, MONDAY + 5 * HOUR, by="all")
    (row,) = call_figures(FakeArchive(), catalogue, question)
    assert (row["queue"], row["start"]) == ("ALL", "2026-03-02T00:00:00+00:00")
    assert "every_ms" not in {option.field for option in REPORT.options}
