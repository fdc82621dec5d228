"""Publishes a report of `[[reports]]` with `publish = true`, once a period though processes restart.

Rule: what stands in topic `publications` decides, not what is remembered: ended behind the write and before its note, the next
process finds the publication there. So does one whose period a person has published already.
"""

from collections.abc import Callable

from msgspec import Struct

from schemas.periods import Period
from schemas.publications import NotAsPublishedError
from schemas.report_plans import ReportPlan
from streams.admin import publications
from streams.history.catalogue import read_catalogue
from streams.history.publishing import Published, Wanted, publication_of
from streams.history.question import HistoryError
from streams.scheduled.making import NotReadyError
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError


class Publisher(Struct, frozen=True):
    """`reader` opens the archive. `version`: of the program."""

    bootstrap: str
    namespace: str
    reader: Callable[[], Reader]
    version: str

    def __call__(self, plan: ReportPlan, period: Period, as_of: int) -> str:
        """What was done, in words. NotReadyError: it must not be published now; AdminError where Kafka does not take it."""
        report = report_of(plan)
        known = publications.read(self.bootstrap, self.namespace, with_files=False)
        for each in known.publications:
            if (each.report, each.period) == (report, period.text):
                return f"is published already: {each.publication_id}"
        made = self._made(plan, Wanted(report, period.text, (plan.language,), plan.formats), as_of)
        try:
            publications.write(self.bootstrap, self.namespace, made.publication, made.files)
        except publications.NotPublishableError as error:  # it would hold back every other report
            raise NotReadyError(f"not published: {error}") from None
        return f"published: {made.publication.publication_id}"

    def _made(self, plan: ReportPlan, wanted: Wanted, as_of: int) -> Published:
        reader = None
        try:
            reader = self.reader()
            known = read_catalogue(reader, as_of)
            who = f"reports, {plan.name}"
            return publication_of(reader, known, wanted, who=who, version=self.version, now=as_of)
        except (UnavailableError, RefusedError) as error:
            raise NotReadyError(f"not published: the archive: {error}") from None
        except (HistoryError, NotAsPublishedError) as error:
            raise NotReadyError(f"not published: {error}") from None
        finally:
            if reader is not None:
                reader.close()


def report_of(plan: ReportPlan) -> str:
    """`month-bulletin`: as a publication names it."""
    return f"{plan.length}-bulletin" if plan.is_bulletin else plan.length
