"""Publishes a report of `[[reports]]` with `publish = true`, once a period though processes restart.

Rule 1: what stands in topic `publications` decides, not what is remembered: ended behind the write and before its note, the next
process finds the publication there. So does one whose period a person has published already.
Rule 2: its audit record says nothing but what the publication itself says, so whoever finds one of this report that nobody noted as made
writes the same record once more; a record that stands there twice is listed once (schemas.audit.is_repeated).
Rule 3: files and mails wait for that record. Written later it would be forgotten with the process.
Rule 4: what is sent is what stands there: its bytes, and what nobody published in that form as it was known then. Else people would hold
other figures than those that are published, and nobody could say which of both is right.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas.audit import AuditRecord, audit_record
from schemas.periods import Period
from schemas.publications import NotAsPublishedError, Publication, bytes_of
from schemas.report_plans import ReportPlan
from streams.admin import publications
from streams.history.catalogue import read_catalogue
from streams.history.publishing import Published, Wanted, publication_of
from streams.history.question import HistoryError
from streams.plumbing.audit_writing import write_audit
from streams.scheduled.making import NotReadyError, file_names
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError

ROLE = "reports"  # of the process, in the audit


class AsPublished(Struct, frozen=True):
    """What is published: `said` in words, as of when (ms), and the bytes of the files of the plan that were published, by their names."""

    said: str
    as_of: int
    files: dict[str, bytes]


class Publisher:
    """`reader` opens the archive. `version`: of the program."""

    def __init__(
        self, bootstrap: str, namespace: str, reader: Callable[[], Reader], version: str
    ) -> None:
        self._place = bootstrap, namespace
        self._open = reader
        self._version = version
        self._noted: set[str] = set()  # publications whose audit record this run wrote

    def __call__(self, plan: ReportPlan, period: Period, as_of: int) -> AsPublished:
        """NotReadyError: it must not be published now; AdminError where Kafka does not take it."""
        wanted = Wanted(
            report_of(plan), period.text, (plan.language,), plan.formats, plan.department
        )
        about = wanted.report, wanted.department or "", wanted.period
        _, end = period.bounds(plan.period_zone)
        there = publications.read_since(*self._place, end).publications
        if stands := _of_plan([each for each in there if each.about == about], plan, as_of):
            if stands.who == _who(plan):
                self._note(stands)
            said = f"is published already: {stands.publication_id}"
            return AsPublished(said, stands.as_of, self._files(stands, plan, period))
        made = self._made(plan, wanted, as_of)
        try:
            publications.write(*self._place, made.publication, made.files)
        except publications.NotPublishableError as error:  # it would hold back every other report
            raise NotReadyError(f"not published: {error}") from None
        self._note(made.publication)
        files = {each.name: bytes_of(each) for each in made.files}
        said = f"published: {made.publication.publication_id}"
        return AsPublished(said, made.publication.as_of, _named(files, plan, period))

    def _files(self, of: Publication, plan: ReportPlan, period: Period) -> dict[str, bytes]:
        register = publications.read_since(*self._place, of.end, with_files=True)
        try:
            files = {each.name: register.file(of, each.name) for each in of.files}
        except NotAsPublishedError as error:
            raise NotReadyError(f"published as {of.publication_id}, but {error}") from None
        return _named(files, plan, period)

    def _note(self, of: Publication) -> None:
        """Write the audit record; NotReadyError where it is not taken, so that the other reports go on."""
        if of.publication_id in self._noted:
            return
        if problem := asyncio.run(write_audit(*self._place, audited(of))):
            raise NotReadyError(
                f"published as {of.publication_id}, but the audit record is not written: {problem};"
                " with ACLs user reports needs its right for topic audit (`queuewatch topics acl --set`)"
            )
        self._noted.add(of.publication_id)

    def _made(self, plan: ReportPlan, wanted: Wanted, as_of: int) -> Published:
        reader = None
        try:
            reader = self._open()
            known = read_catalogue(reader, as_of)
            return publication_of(
                reader, known, wanted, who=_who(plan), version=self._version, now=as_of
            )
        except (UnavailableError, RefusedError) as error:
            raise NotReadyError(f"not published: the archive: {error}") from None
        except (HistoryError, NotAsPublishedError) as error:
            raise NotReadyError(f"not published: {error}") from None
        finally:
            if reader is not None:
                reader.close()


def _of_plan(there: Sequence[Publication], plan: ReportPlan, as_of: int) -> Publication | None:
    """Of the editions of one report that of the moment that is asked, which others have in their mails already, if a person
    publishes another one before the last mail is out; else the last that this plan made, else the last.
    """
    same = [each for each in there if each.as_of == as_of]
    ours = [each for each in there if each.who == _who(plan)]
    return next(reversed(same or ours or [*there]), None)


def _named(files: Mapping[str, bytes], plan: ReportPlan, period: Period) -> dict[str, bytes]:
    """As the plan names them; in its language alone."""
    named = zip(plan.formats, file_names(plan, period), strict=True)
    of_plan = {name: files.get(f"{plan.language}.{each}") for each, name in named}
    return {name: body for name, body in of_plan.items() if body is not None}


def audited(of: Publication) -> AuditRecord:
    """The same of one publication whoever writes it, and when: so it names no machine."""
    record = audit_record(
        at=of.published_at, who=of.who, role=ROLE, from_address="", action="report_publish", object_=of.period,
        outcome="done", detail=f"{of.publication_id} {of.digest}",
    )  # fmt: skip
    return replace(record, record_id=of.digest[:16])


def _who(plan: ReportPlan) -> str:
    return f"reports, {plan.name}"


def report_of(plan: ReportPlan) -> str:
    """`month-bulletin`: as a publication names it."""
    return f"{plan.length}-bulletin" if plan.is_bulletin else plan.length
