"""Makes the publication of a report or a bulletin: its figures as they are known now, frozen, and its files."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from schemas.owners import Language
from schemas.periods import Kind, period_of
from schemas.publications import (
    FrozenReport,
    KeptFile,
    Publication,
    PublishedFile,
    figures,
    packed,
    packed_file,
    publication_id,
    unpacked,
)
from schemas.report_plans import BULLETIN_FORMATS, Format
from streams.history.bulletin_reading import drafted
from streams.history.bulletin_text import BULLETIN_WRITERS
from streams.history.catalogue import Catalogue
from streams.history.known_range import lacks
from streams.history.language import language_of
from streams.history.papers.asked import Asked, asked
from streams.history.papers.completeness import problem_of
from streams.history.papers.making import paper_of
from streams.history.papers.published_before import read_carried
from streams.history.papers.writing import written
from streams.history.period import finished
from streams.history.publications import read_publications, with_figures
from streams.history.published_again import BULLETIN_OF, frozen_bulletin, frozen_paper
from streams.history.question import HistoryError
from streams.history.reach import ends
from streams.history.shared_reading import SharedReading
from streams.history.targets_then import targets_version
from streams.history.uncounted import uncounted
from streams.sinks.clickhouse.database import Reader

FORMATS: tuple[Format, ...] = (
    BULLETIN_FORMATS  # without being asked: they need no extra of the package
)


class Wanted(Struct, frozen=True):
    """`report` as in `Publication`; a file of each of `formats` in each of `languages`. `department` None: of all."""

    report: str
    period: str
    languages: Sequence[Language] = ("en",)
    formats: Sequence[Format] = FORMATS
    department: str | None = None

    @property
    def length(self) -> Kind:
        return BULLETIN_OF.get(self.report) or self.report  # type: ignore[return-value]  # papers are named by it


class Published(Struct, frozen=True):
    """The files are to be written first."""

    publication: Publication
    files: tuple[PublishedFile, ...]


def report_named(period: str, *, is_bulletin: bool) -> str:
    """`month-bulletin` of `2026-10`; HistoryError for what has none."""
    try:
        kind = period_of(period).kind
    except ValueError as error:
        raise HistoryError(str(error)) from None
    if not is_bulletin:
        return kind
    if (report := f"{kind}-bulletin") not in BULLETIN_OF:
        raise HistoryError(f"a bulletin is of a day or a month, not of a {kind}")
    return report


def publication_of(
    reader: Reader, catalogue: Catalogue, wanted: Wanted, *, who: str, version: str, now: int, again: bool = False
) -> Published:  # fmt: skip
    """HistoryError for a period that is not over or a department that is none, of which the archive has not the beginning or the end, whose books do not balance or whose bulletin
    is withheld, or that says what is published already. `again`: another edition, though nothing changed. `version`: of the program.
    """
    reader = SharedReading.of(reader)
    period = finished(wanted.length, wanted.period, catalogue.default_zone, now)
    about = asked(period, catalogue, wanted.department, now, now)
    if waits := uncounted(reader, period.range, about.ids):
        raise HistoryError(f"{period.text} is not published: {waits.said(period.zone)}")
    about = replace(about, is_counted=True)
    # Of one department by the sources alone that ever told of its queues: those of others say nothing about them.
    known = ends(reader, about.ids)
    if missing := lacks(known, period.range, about.catalogue.queues.values(), period.zone):
        raise HistoryError(f"{period.text} is not published: {missing}")
    report, bodies = (
        _bulletin(reader, catalogue, wanted, now)
        if wanted.report in BULLETIN_OF
        else _paper(reader, wanted, about, version)
    )
    edition = _edition(reader, wanted, report, again=again)
    department = wanted.department or ""
    id_ = publication_id(wanted.report, period.text, edition, department)
    files = tuple(packed_file(id_, now, name, body) for name, body in bodies.items())
    frozen, digest = packed(report)
    made = Publication(
        publication_id=id_,
        report=wanted.report,
        period=period.text,
        edition=edition,
        start=period.start,
        end=period.end,
        zone=period.zone,
        as_of=now,
        published_at=now,
        who=who,
        program_version=version,
        targets_version=targets_version(reader, now),
        digest=digest,
        frozen=frozen,
        files=tuple(KeptFile(each.name, each.size, each.sha256) for each in files),
        department=department,
    )
    return Published(made, files)


def _edition(reader: Reader, wanted: Wanted, report: FrozenReport, *, again: bool) -> int:
    former = [
        each
        for each in read_publications(reader)
        if each.about == (wanted.report, wanted.department or "", wanted.period)
    ]
    if not former:
        return 1
    newest = with_figures(reader, former[-1])
    if not again and [*figures(unpacked(newest))] == [*figures(report)]:
        raise HistoryError(
            f"{wanted.period} is published with these figures: {former[-1].publication_id} (--again makes another edition)"
        )
    return former[-1].edition + 1


def _paper(
    reader: Reader, wanted: Wanted, about: Asked, version: str
) -> tuple[FrozenReport, dict[str, bytes]]:
    paper = paper_of(reader, about, version, read_carried(reader, about))
    if problem := problem_of(paper):
        raise HistoryError(problem)
    return frozen_paper(paper), {
        f"{code}.{each}": written(paper, language_of(code), Path(f"paper.{each}"))
        for code in wanted.languages
        for each in wanted.formats
    }


def _bulletin(
    reader: Reader, catalogue: Catalogue, wanted: Wanted, now: int
) -> tuple[FrozenReport, dict[str, bytes]]:
    if wanted.department is not None:
        raise HistoryError("a bulletin is of all departments")
    if others := [each for each in wanted.formats if each not in BULLETIN_WRITERS]:
        known = ", ".join(BULLETIN_WRITERS)
        raise HistoryError(f"a bulletin is written as {known}, not as {others[0]}")
    draft = drafted(reader, catalogue, BULLETIN_OF[wanted.report], wanted.period, now, now)
    if draft.reasons:
        raise HistoryError(f"withheld: {' '.join(each.said.text for each in draft.reasons)}")
    return frozen_bulletin(draft), {
        f"{code}.{each}": BULLETIN_WRITERS[each](draft.said(language_of(code))).encode()
        for code in wanted.languages
        for each in wanted.formats
    }
