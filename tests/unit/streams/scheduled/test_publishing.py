"""What is published at its time: once, and not while it must not be; with a real Kafka in tests/integration."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.periods import period_of
from schemas.report_plans import ReportPlan, parse_when
from streams.admin import publications
from streams.history.catalogue import Catalogue
from streams.history.publishing import Published, Wanted
from streams.history.question import HistoryError
from streams.scheduled import publishing
from streams.scheduled.making import NotReadyError
from streams.scheduled.publishing import Publisher, report_of
from streams.sinks.clickhouse.database import UnavailableError
from tests.support.fake_archive import FakeArchive
from tests.support.published import END, REPORT, publication

ONE = publication(REPORT)
OCTOBER = period_of("2026-10")
PLAN = ReportPlan(
    name="r", what="month", when=parse_when("06:30"), formats=("pdf", "csv"), zone="UTC", period_zone="UTC", language="zu",
    publish=True,
)  # fmt: skip


class Place:
    """Topic `publications`, and what is asked to be published."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stands: list[Any] = []
        self.wanted: list[Wanted] = []
        self.problem: Exception | None = None
        self.archive = FakeArchive()
        self.closed = 0
        monkeypatch.setattr(
            publications, "read", lambda *_, **__: publications.Register.of(self.stands)
        )
        monkeypatch.setattr(publications, "write", self._write)
        monkeypatch.setattr(publishing, "read_catalogue", lambda *_: Catalogue("UTC", {}))
        monkeypatch.setattr(publishing, "publication_of", self._made)
        monkeypatch.setattr(self.archive, "close", self._close)
        self.publish = Publisher("kafka", "", lambda: self.archive, "1")

    def _made(self, *given: Any, who: str, now: int, **_: Any) -> Published:
        if self.problem is not None:
            raise self.problem
        self.wanted.append(given[2])
        return Published(replace(ONE, who=who, as_of=now), ())

    def _write(self, _: str, __: str, one: Any, files: Any) -> None:
        self.stands += [*files, one]

    def _close(self) -> None:
        self.closed += 1


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(monkeypatch)


def test_a_period_is_published_once_however_often_it_is_tried(place: Place) -> None:
    assert place.publish(PLAN, OCTOBER, END) == "published: month-2026-10-1"
    assert place.publish(PLAN, OCTOBER, END + 1) == "is published already: month-2026-10-1"
    assert place.wanted == [Wanted("month", "2026-10", ("zu",), ("pdf", "csv"))]
    (stands,) = place.stands
    assert (stands.who, stands.as_of) == ("reports, r", END)
    assert place.closed == 1


def test_what_a_person_published_before_is_left_as_it_is(place: Place) -> None:
    place.stands = [ONE]
    assert place.publish(PLAN, OCTOBER, END) == "is published already: month-2026-10-1"
    assert place.wanted == []


def test_another_period_or_report_is_another_publication(place: Place) -> None:
    place.stands = [ONE, replace(ONE, publication_id="x", period="2026-09")]
    bulletin = replace(PLAN, what="month bulletin", formats=("html",))
    assert place.publish(bulletin, OCTOBER, END).startswith("published")
    assert place.wanted == [Wanted("month-bulletin", "2026-10", ("zu",), ("html",))]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (HistoryError("withheld: the books do not balance"), "not published: withheld: the books"),
        (UnavailableError("no answer"), "not published: the archive: no answer"),
    ],
)
def test_what_must_not_be_published_has_its_reason(
    place: Place, problem: Exception, words: str
) -> None:
    place.problem = problem
    with pytest.raises(NotReadyError, match=words):
        place.publish(PLAN, OCTOBER, END)
    assert (place.stands, place.closed) == ([], 1)


def test_one_that_no_record_can_carry_holds_no_other_report_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An AdminError would, as one of Kafka that is away."""

    def refuse(*_: Any) -> None:
        raise publications.NotPublishableError("en.pdf takes 2,000,000 bytes")

    monkeypatch.setattr(publications, "write", refuse)
    with pytest.raises(NotReadyError, match=r"not published: en\.pdf takes"):
        place.publish(PLAN, OCTOBER, END)


def test_publications_are_named_as_by_hand() -> None:
    named = {"month": "month", "week": "week", "day": "day", "month bulletin": "month-bulletin", "day bulletin": "day-bulletin"}  # fmt: skip
    assert {what: report_of(replace(PLAN, what=what)) for what in named} == named
