"""What is published at its time: once, and not while it must not be; with a real Kafka in tests/integration."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.audit import AuditRecord, is_repeated
from schemas.periods import period_of
from schemas.publications import KeptFile, packed_file
from schemas.report_plans import ReportPlan, parse_when
from streams.admin import publications
from streams.history.catalogue import Catalogue
from streams.history.publishing import Published, Wanted
from streams.history.question import HistoryError
from streams.scheduled import publishing
from streams.scheduled.making import NotReadyError
from streams.scheduled.publishing import Publisher, audited, report_of
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
        self.audit: list[AuditRecord] = []
        self.audit_problem = ""
        monkeypatch.setattr(publications, "read_since", self._read)
        monkeypatch.setattr(publishing, "write_audit", self._write_audit)
        monkeypatch.setattr(publications, "write", self._write)
        monkeypatch.setattr(publishing, "read_catalogue", lambda *_: Catalogue("UTC", {}))
        monkeypatch.setattr(publishing, "publication_of", self._made)
        monkeypatch.setattr(self.archive, "close", self._close)
        self.since = 0
        self.publish = self.publisher()

    def publisher(self) -> Publisher:
        """Of a process that has just started."""
        return Publisher("kafka", "", lambda: self.archive, "1")

    def _made(self, *given: Any, who: str, now: int, **_: Any) -> Published:
        if self.problem is not None:
            raise self.problem
        self.wanted.append(given[2])
        department = given[2].department or ""
        files = tuple(
            packed_file(ONE.publication_id, now, f"zu.{each}", f"{each} as of {now}".encode())
            for each in given[2].formats
        )
        kept = tuple(KeptFile(each.name, each.size, each.sha256) for each in files)
        one = replace(ONE, who=who, as_of=now, department=department, files=kept)
        return Published(one, files)

    def _read(
        self, _: str, __: str, end: int, *, with_files: bool = False
    ) -> publications.Register:
        self.since = end
        found = publications.Register.of(self.stands)
        return found if with_files else publications.Register(found.publications)

    async def _write_audit(self, _: str, __: str, record: AuditRecord) -> str:
        if not self.audit_problem:
            self.audit.append(record)
        return self.audit_problem

    def _write(self, _: str, __: str, one: Any, files: Any) -> None:
        self.stands += [*files, one]

    def _close(self) -> None:
        self.closed += 1


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(monkeypatch)


def test_a_period_is_published_once_however_often_it_is_tried(place: Place) -> None:
    assert place.publish(PLAN, OCTOBER, END).said == "published: month-2026-10-1"
    assert place.publish(PLAN, OCTOBER, END + 1).said == "is published already: month-2026-10-1"
    assert place.wanted == [Wanted("month", "2026-10", ("zu",), ("pdf", "csv"))]
    stands = place.stands[-1]
    assert (stands.who, stands.as_of) == ("reports, r", END)
    assert place.closed == 1
    assert place.since == END


def test_each_department_is_published_by_itself(place: Place) -> None:
    """The publication of all departments is none of a department, and the other way round."""
    water = replace(PLAN, name="r-water", department="water")
    assert place.publish(PLAN, OCTOBER, END).said.startswith("published")
    assert place.publish(water, OCTOBER, END).said.startswith("published")
    assert place.publish(water, OCTOBER, END).said.startswith("is published already")
    assert [each.department for each in place.wanted] == [None, "water"]


def test_what_is_published_stands_in_the_audit(place: Place) -> None:
    place.publish(PLAN, OCTOBER, END)
    (record,) = place.audit
    stands = place.stands[-1]
    assert record == audited(stands)
    assert (record.who, record.role, record.action) == ("reports, r", "reports", "report_publish")
    assert (record.object, record.outcome) == ("2026-10", "done")
    assert record.detail == f"month-2026-10-1 {ONE.digest}"
    place.publish(PLAN, OCTOBER, END + 1)
    assert place.audit == [record]  # once by one process, however often it looks


def test_a_process_that_was_killed_before_the_record_is_followed_by_one_that_writes_the_same(
    place: Place,
) -> None:
    place.publish(PLAN, OCTOBER, END)
    place.publisher()(PLAN, OCTOBER, END + 9)
    first, again = place.audit
    assert is_repeated(again, first)  # and so is listed once


def test_what_is_to_be_sent_is_what_stands_there(place: Place) -> None:
    """A process that was killed behind the publication is followed by one that knows more by then."""
    files = {"r-2026-10.pdf": f"pdf as of {END}".encode(), "r-2026-10.csv": f"csv as of {END}".encode()}  # fmt: skip
    for later in range(2):
        found = place.publisher()(PLAN, OCTOBER, END + later)
        assert (found.as_of, found.files) == (END, files)
    html = replace(PLAN, formats=("html", "csv"))
    assert place.publish(html, OCTOBER, END).files == {"r-2026-10.csv": files["r-2026-10.csv"]}
    assert place.publish(replace(PLAN, language="en"), OCTOBER, END).files == {}
    gone = next(each for each in place.stands if getattr(each, "name", "") == "zu.csv")
    place.stands.remove(gone)
    with pytest.raises(
        NotReadyError, match=r"published as month-2026-10-1, but file zu\.csv .* gone"
    ):
        place.publish(PLAN, OCTOBER, END)


def test_of_several_editions_that_of_the_report_itself_is_sent(place: Place) -> None:
    by_ann = replace(ONE, publication_id="month-2026-10-2", edition=2, as_of=END + 9)
    place.stands = [ONE, by_ann]
    assert place.publish(PLAN, OCTOBER, END).as_of == END + 9
    place.stands = [replace(ONE, who="reports, r", as_of=END + 5), by_ann]
    assert place.publish(PLAN, OCTOBER, END).as_of == END + 5


def test_a_mail_that_goes_out_later_has_the_edition_that_the_others_have(place: Place) -> None:
    """Ann published twice, and the second time while a mail of the first edition was tried again."""
    place.stands = [
        replace(ONE, as_of=END + 1),
        replace(ONE, publication_id="month-2026-10-2", edition=2, as_of=END + 9),
    ]
    assert place.publish(PLAN, OCTOBER, END + 1).said == "is published already: month-2026-10-1"
    assert place.publish(PLAN, OCTOBER, END + 2).said == "is published already: month-2026-10-2"


def test_what_a_person_published_has_the_record_of_that_command_alone(place: Place) -> None:
    place.stands = [ONE]
    place.publish(PLAN, OCTOBER, END)
    assert place.audit == []


def test_without_its_audit_record_files_and_mails_wait(place: Place) -> None:
    place.audit_problem = "Kafka refuses: TOPIC_AUTHORIZATION_FAILED"
    with pytest.raises(NotReadyError, match=r"published as month-2026-10-1, but .* topics acl"):
        place.publish(PLAN, OCTOBER, END)
    place.audit_problem = ""
    assert place.publish(PLAN, OCTOBER, END + 1).said.startswith("is published already")
    assert len(place.audit) == 1


def test_what_a_person_published_before_is_left_as_it_is(place: Place) -> None:
    place.stands = [ONE]
    assert place.publish(PLAN, OCTOBER, END).said == "is published already: month-2026-10-1"
    assert place.wanted == []


def test_another_period_or_report_is_another_publication(place: Place) -> None:
    place.stands = [ONE, replace(ONE, publication_id="x", period="2026-09")]
    bulletin = replace(PLAN, what="month bulletin", formats=("html",))
    assert place.publish(bulletin, OCTOBER, END).said.startswith("published")
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
