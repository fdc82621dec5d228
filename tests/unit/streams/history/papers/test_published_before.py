"""What became of the report of the month before that was published."""

import pytest

from streams.history.catalogue import Catalogue
from streams.history.causes import Cause
from streams.history.papers.asked import asked
from streams.history.papers.carried import Carried
from streams.history.papers.published_before import figures_of, read_carried
from streams.history.period import period_of
from streams.history.restating import ChangedFigure, ChangedLeg, Restated
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive
from tests.support.published import REPORT, publication

KNOWN = Catalogue(
    "UTC",
    {
        "billing": targets("billing", centre="bills", department="money"),
        "pipes": targets("pipes", department="water"),
    },
)
NOVEMBER = period_of("month", "2026-11", "UTC")


def test_figures_of_the_department_alone() -> None:
    changed = [
        ChangedFigure("queues", "billing", "called", 10, 12),
        ChangedFigure("centres", "bills", "sl_promised", 0.8, None),
        ChangedFigure("queues", "pipes", "called", 3, 4),
    ]
    found = Restated(publication(REPORT), changed, [])
    money = figures_of(found, asked(NOVEMBER, KNOWN, "money", 9, None))
    assert [(each.figure, each.published, each.now, each.cause) for each in money] == [
        ("billing: called", 10, 12, "calls 0"),
        ("bills: sl_promised", 0.8, None, "calls 0"),
    ]
    assert len(figures_of(found, asked(NOVEMBER, KNOWN, None, 9, None))) == 3


def test_the_unit_of_a_figure_is_that_of_its_published_column() -> None:
    changed = [
        ChangedFigure("centres", "bills", "share", 0.629249, 0.7),
        ChangedFigure("centres", "bills", "called", 3, 4),
        ChangedFigure("centres", "bills", "came_later", None, 4),
    ]
    found = Restated(publication(REPORT), changed, [])
    shown = figures_of(found, asked(NOVEMBER, KNOWN, None, 9, None))
    assert [each.unit for each in shown] == ["share", "legs", "number"]


@pytest.mark.parametrize(
    ("late_ms", "said"),
    [(2_441_108_949, "28d6h"), (86_400_000, "1d"), (7_260_999, "2h1m"), (59_999, "59s"), (0, "0s")],
)
def test_how_late_a_call_came_is_said_as_people_read_it(late_ms: int, said: str) -> None:
    leg = ChangedLeg(late_ms, None, None, Cause("leg", at=0, source="node"))
    changed = [ChangedFigure("queues", "pipes", "called", 3, 4)]
    (figure,) = figures_of(
        Restated(publication(REPORT), changed, [leg]), asked(NOVEMBER, KNOWN, None, 9, None)
    )
    assert figure.cause == f"calls 1, node, late {said}"


def test_without_a_publication_nobody_keeps_a_register() -> None:
    about = asked(NOVEMBER, KNOWN, None, NOVEMBER.end, None)
    assert read_carried(FakeArchive(), about) == Carried()
