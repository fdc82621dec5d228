"""Makes the publication of a report: its figures as they are known now, frozen."""

from collections.abc import Callable

from schemas.publications import (
    FrozenReport,
    Publication,
    figures,
    packed,
    publication_id,
    unpacked,
)
from streams.history.catalogue import Catalogue
from streams.history.months import month_of
from streams.history.paper import Paper
from streams.history.publications import frozen_of, read_publications
from streams.history.question import HistoryError, Question
from streams.history.reach import ends
from streams.sinks.clickhouse.database import Reader

MONTH = "month"
# Of each part that has figures, the column that says whose they are.
FIGURES_OF = {"centres": "queue", "queues": "queue", "losses": "step"}


MakePaper = Callable[[Reader, Catalogue, Question], Paper]


def publication_of(
    reader: Reader, catalogue: Catalogue, paper_of: MakePaper, period: str, *, who: str, version: str, now: int, again: bool = False
) -> Publication:  # fmt: skip
    """HistoryError for a month that is not over, of which the archive has no part or not the end, or that says what is
    published already. `paper_of` makes the report of a month. `again`: another edition, though nothing changed. `version`: of the program.
    """
    zone = catalogue.default_zone
    try:
        month = month_of(period, zone)
    except ValueError as error:
        raise HistoryError(str(error)) from None
    if now < month.end:
        raise HistoryError(f"{period} is not over: its figures would still change")
    known = ends(reader)
    if known is None or not known[0] < month.end <= known[1]:
        raise HistoryError(
            f"the archive does not reach to the end of {period}: what came later is missing, not zero"
        )
    question = Question(month.start, month.end, as_of=now, now=now)
    report = frozen_of(paper_of(reader, catalogue, question), FIGURES_OF)
    former = [
        each for each in read_publications(reader) if (each.report, each.period) == (MONTH, period)
    ]
    newest = former[-1] if former else None
    if newest is not None and not again and [*figures(unpacked(newest))] == [*figures(report)]:
        raise HistoryError(
            f"{period} is published with these figures: {newest.publication_id} (--again makes another edition)"
        )
    edition = newest.edition + 1 if newest else 1
    frozen, digest = packed(report)
    return Publication(
        publication_id=publication_id(MONTH, period, edition),
        report=MONTH,
        period=period,
        edition=edition,
        start=month.start,
        end=month.end,
        zone=zone,
        as_of=now,
        published_at=now,
        who=who,
        program_version=version,
        targets_version=targets_version(reader, now),
        digest=digest,
        frozen=frozen,
    )


def targets_version(reader: Reader, moment: int) -> int:
    """The version of the targets in force at `moment`; 0 if there is none."""
    answer = reader.execute(f"SELECT max(version) FROM targets WHERE valid_from_ms <= {moment}")
    return int(answer.rows[0][0] or 0) if answer.rows else 0


def as_known_now(
    reader: Reader, catalogue: Catalogue, paper_of: MakePaper, of: Publication, now: int
) -> FrozenReport:
    """The report of that publication with what is known now."""
    return frozen_of(paper_of(reader, catalogue, Question(of.start, of.end, now=now)), FIGURES_OF)
