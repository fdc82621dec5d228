"""The headline of a published paper, from what was frozen; against the archive: tests/integration/history/test_restating.py."""

import pytest
from msgspec.structs import replace

from schemas.publications import FrozenColumn, FrozenPart, FrozenReport, MadeBy, PublishedFigure
from streams.history.catalogue import Catalogue
from streams.history.published_together import together_now, together_then
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive
from tests.support.published import REPORT, publication

PERIODS = FrozenPart(
    "periods",
    "period",
    "periods",
    (FrozenColumn("period", "text", "which"),),
    (
        {"period": "2026-09", "called": 7, "sl_promised": 0.7},
        {
            "period": "2026-10",
            "start": "2026-10-01T00:00:00+00:00",
            "called": 9,
            "sl_promised": 0.9,
        },
    ),
)


@pytest.mark.parametrize(
    ("made_by", "told"), [("paper", {"called": 9, "sl_promised": 0.9}), ("history month", {})]
)
def test_of_the_periods_of_a_paper_its_own_is_the_headline(
    made_by: MadeBy, told: dict[str, float]
) -> None:
    report: FrozenReport = replace(REPORT, parts=(*REPORT.parts, PERIODS), made_by=made_by)
    of = publication(report)
    assert of.period == "2026-10"
    assert together_then(of) == [
        PublishedFigure("periods", "(all)", name, value) for name, value in told.items()
    ]


def test_of_a_department_that_is_none_any_more_nothing_is_asked() -> None:
    of = publication(REPORT, department="gone")
    known = Catalogue("UTC", {"pipes": targets("pipes", department="water")})
    assert together_now(FakeArchive(), known, of, of.end) == []
