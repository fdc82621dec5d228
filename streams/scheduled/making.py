"""Makes the files of one report from the archive, or says why they cannot be made yet.

Rule: nothing is made while the archive does not know the whole period or its books do not balance. An empty or half report looks
like a quiet month. A person may have it made so (`reports run --incomplete`); then the report itself says what is missing.
"""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import iso
from schemas.periods import Period
from schemas.publications import NotAsPublishedError
from schemas.report_plans import ReportPlan
from streams.history.bulletin_reading import Length, drafted
from streams.history.bulletin_text import BULLETIN_WRITERS, title_of
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.language import language_of
from streams.history.months import Range
from streams.history.open_lines import open_after, open_before
from streams.history.papers.asked import asked
from streams.history.papers.completeness import problem_of
from streams.history.papers.making import paper_of
from streams.history.papers.published_before import read_carried
from streams.history.papers.writing import written
from streams.history.period import Period as PaperPeriod
from streams.history.question import HistoryError
from streams.history.reach import of_legs
from streams.history.uncounted import uncounted
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError

MAIL = "mail"  # the format of a paper's mail, which is no file of the folder


class NotReadyError(Exception):
    """Why the report cannot be made now; one line."""


class Files(Struct, frozen=True):
    """A report as bytes, by the names of its files. `letter`: the mail of a paper, without its receivers; b"" of a bulletin."""

    title: str
    of: dict[str, bytes]
    letter: bytes = b""
    remark: str = ""


class Maker:
    """`reader` opens the archive, anew for each report: between two of them it may have gone. `version`: of the program."""

    def __init__(self, reader: Callable[[], Reader], version: str) -> None:
        self._open = reader
        self._version = version

    def __call__(
        self, plan: ReportPlan, period: Period, as_of: int, *, incomplete: bool = False
    ) -> Files:
        """The same bytes for the same `as_of`. NotReadyError, also where the archive does not answer."""
        reader = None
        try:
            reader = self._open()
            known = read_catalogue(reader, as_of)
            if not known.queues:
                raise NotReadyError("no queue is configured in the archive")
            if known.default_zone != plan.period_zone:
                raise NotReadyError(
                    f"queues.toml counts days in {plan.period_zone}, the archive in {known.default_zone}:"
                    " publish queues.toml (`queuewatch queues publish`)"
                )
            if not incomplete:
                _check_reach(reader, plan, period, known, as_of)
            make = _bulletin if plan.is_bulletin else self._paper
            return make(reader, plan, period, known, as_of, incomplete=incomplete)
        except UnavailableError as error:
            raise NotReadyError(f"the archive does not answer: {error}") from None
        except RefusedError as error:
            raise NotReadyError(f"the archive refuses the question: {error}") from None
        except (HistoryError, NotAsPublishedError) as error:
            raise NotReadyError(str(error)) from None
        finally:
            if reader is not None:
                reader.close()

    def _paper(
        self,
        reader: Reader,
        plan: ReportPlan,
        period: Period,
        known: Catalogue,
        as_of: int,
        *,
        incomplete: bool,
    ) -> Files:
        about = asked(PaperPeriod(period, plan.period_zone), known, plan.department, as_of, as_of)
        paper = paper_of(reader, about, self._version, read_carried(reader, about))
        if (problem := problem_of(paper)) and not incomplete:
            raise NotReadyError(problem)
        language = language_of(plan.language)
        files = {name: written(paper, language, Path(name)) for name in file_names(plan, period)}
        letter = written(paper, language, Path("mail.eml")) if plan.email else b""
        return Files(paper.title.said(language), files, letter, problem)


def _check_reach(
    reader: Reader, plan: ReportPlan, period: Period, known: Catalogue, as_of: int
) -> None:
    start, end = period.bounds(plan.period_zone)
    about = asked(PaperPeriod(period, plan.period_zone), known, plan.department, as_of, as_of)
    if waits := uncounted(reader, Range(start, end), about.ids, appended_by=as_of):
        raise NotReadyError(waits.said(plan.period_zone))
    ends = of_legs(reader).ends
    if ends is None or ends[1] <= start or ends[0] >= end:
        raise NotReadyError(f"the archive has nothing of {period.text}")
    queues = [
        each
        for each in known.queues.values()
        if plan.department is None or each.department == plan.department
    ]
    zone = ZoneInfo(plan.period_zone)
    if queue := open_before(queues, start, ends[0]):
        first = iso(ends[0], zone)
        raise NotReadyError(
            f"the archive knows nothing before {first}, although {queue} was open in {period.text}"
        )
    if queue := open_after(queues, ends[1], end):
        last = iso(ends[1], zone)
        raise NotReadyError(
            f"the archive knows nothing after {last}, although {queue} was open until the end of {period.text}"
        )


def _bulletin(
    reader: Reader,
    plan: ReportPlan,
    period: Period,
    known: Catalogue,
    as_of: int,
    *,
    incomplete: bool,
) -> Files:
    length: Length = "month" if plan.length == "month" else "day"
    found = drafted(reader, known, length, period.text, as_of, as_of).said(
        language_of(plan.language)
    )
    remark = f"withheld: {' '.join(each.text for each in found.withheld)}" if found.withheld else ""
    if remark and not incomplete:
        raise NotReadyError(remark)
    files = {
        name: BULLETIN_WRITERS[name.rpartition(".")[2]](found).encode()
        for name in file_names(plan, period)
    }
    return Files(title_of(found), files, remark=remark)


def file_names(plan: ReportPlan, period: Period) -> list[str]:
    return [f"{plan.name}-{period.text}.{each}" for each in plan.formats]
