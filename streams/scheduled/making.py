"""Makes the files of one report from the archive, or says why they cannot be made yet.

Rule: nothing is made while the archive does not know the whole period or its books do not balance. An empty or half report looks
like a quiet month. A person may have it made so (`reports run --incomplete`); then the report itself says what is missing.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from schemas.periods import Period
from schemas.publications import NotAsPublishedError
from schemas.report_plans import ReportPlan
from streams.history.bulletin_reading import Length, drafted
from streams.history.bulletin_text import BULLETIN_WRITERS, title_of
from streams.history.catalogue import read_catalogue
from streams.history.known_range import lacks
from streams.history.language import language_of
from streams.history.papers.asked import Asked, asked
from streams.history.papers.completeness import problem_of
from streams.history.papers.making import paper_of
from streams.history.papers.published_before import read_carried
from streams.history.papers.writing import written
from streams.history.period import Period as PaperPeriod
from streams.history.question import HistoryError
from streams.history.reach import ends
from streams.history.shared_reading import SharedReading
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
            reader = SharedReading(self._open())
            known = read_catalogue(reader, as_of)
            if not known.queues:
                raise NotReadyError("no queue is configured in the archive")
            if known.default_zone != plan.period_zone:
                raise NotReadyError(
                    f"queues.toml counts days in {plan.period_zone}, the archive in {known.default_zone}:"
                    " publish queues.toml (`queuewatch queues publish`)"
                )
            about = asked(
                PaperPeriod(period, plan.period_zone), known, plan.department, as_of, as_of
            )
            if not incomplete:
                _check_reach(reader, about)
                about = replace(about, is_counted=True)
            make = _bulletin if plan.is_bulletin else self._paper
            return make(reader, plan, about, incomplete=incomplete)
        except UnavailableError as error:
            raise NotReadyError(f"the archive does not answer: {error}") from None
        except RefusedError as error:
            raise NotReadyError(f"the archive refuses the question: {error}") from None
        except (HistoryError, NotAsPublishedError) as error:
            raise NotReadyError(str(error)) from None
        finally:
            if reader is not None:
                reader.close()

    def _paper(self, reader: Reader, plan: ReportPlan, about: Asked, *, incomplete: bool) -> Files:
        period = about.period.of
        paper = paper_of(reader, about, self._version, read_carried(reader, about))
        if (problem := problem_of(paper)) and not incomplete:
            raise NotReadyError(problem)
        language = language_of(plan.language)
        files = {name: written(paper, language, Path(name)) for name in file_names(plan, period)}
        letter = written(paper, language, Path("mail.eml")) if plan.email else b""
        return Files(paper.title.said(language), files, letter, problem)


def _check_reach(reader: Reader, about: Asked) -> None:
    """By its own queues and their sources alone: what another department's platform told says nothing about them."""
    period = about.period
    if waits := uncounted(reader, period.range, about.ids, appended_by=about.as_of):
        raise NotReadyError(waits.said(period.zone))
    queues = about.catalogue.queues.values()
    if missing := lacks(ends(reader, about.ids), period.range, queues, period.zone):
        raise NotReadyError(missing)


def _bulletin(reader: Reader, plan: ReportPlan, about: Asked, *, incomplete: bool) -> Files:
    length: Length = "month" if plan.length == "month" else "day"
    period, known, as_of = about.period.of, about.known, about.known_at
    draft = drafted(reader, known, length, period.text, as_of, as_of)
    found = draft.said(language_of(plan.language))
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
