"""Which published figure is another one now: what was published, what it is now, by which calls, from which source, how late.

Of the newest edition of each report that was published, or of the publication ID alone.
"""

from msgspec.structs import replace

from schemas.millis import iso
from schemas.publications import NotAsPublishedError
from streams.history.catalogue import Catalogue
from streams.history.kept import COUNTED, LEGS_BY_ITSELF, Reads
from streams.history.leg_columns import leg_columns
from streams.history.options import PUBLICATION
from streams.history.publications import named, newest_editions, read_publications, with_figures
from streams.history.question import HistoryError, Question
from streams.history.report import Column, ForPeople, Found, Part, Report, Row
from streams.history.reports.month import month_paper
from streams.history.restating import ChangedLeg, Restated, restated
from streams.history.versions import changes
from streams.sinks.clickhouse.database import Reader

_PUBLICATION = Column(
    "publication", "text", "id of the publication: `queuewatch publications list`"
)
_NO_RECORD = "no record says it: new targets, a tick, or it was purged"
FIGURES = Part(
    (
        _PUBLICATION,
        Column("part", "text", "the table of the report"),
        Column("group", "text", "the queue, the centre or the step; `(all)`: all queues together"),
        Column("figure", "text", "name of the column"),
        Column("published", "number", "what was published", "it had no value, or was not there"),
        Column("is_now", "number", "what the report would say now", "it has no value, or is not there"),
        Column("targets_were", "number", "version of the targets in force then", "it is the same now"),
        Column("targets_are", "number", "version of the targets in force now", "it is the same now"),
        Column("calls_changed", "legs", "how many calls are known otherwise since; 0: the queues or promises changed",
               "former versions of its calls were deleted"),
    ),
    name="figures",
    kind="figure",
    in_table=("publication", "part", "group", "figure", "published", "is_now", "calls_changed", "targets_are"),
    arrange=lambda rows: ForPeople(rows, "" if rows else "No published figure is another one now."),
)  # fmt: skip
CALLS = Part(
    (
        _PUBLICATION,
        Column("known_at", "time", "when the last change of the call became known"),
        *leg_columns("queue", "leg_id", "contact_id"),
        Column("column", "text", "the column of the leg that changed"),
        Column("was", "text", "what was known when it was published", "nothing"),
        Column("now", "text", "what is known now", "that it is not known, or that there was no such call"),
        Column("cause", "text", "type of the record that said it last; `targets`; `withdrawn`; `not archived`"),
        Column("happened_at", "time", "when it happened, by the source's clock", _NO_RECORD),
        Column("late_s", "s", "from then until the broker had it", _NO_RECORD),
        Column("source", "text", "the platform node that reported it", _NO_RECORD),
        *leg_columns("feed", "arrived_at", "delivery"),
    ),
    name="calls",
    kind="call",
    in_table=("publication", "known_at", "queue", "leg_id", "column", "was", "now", "cause", "late_s", "source"),
)  # fmt: skip


def _ask(reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    publications = read_publications(reader)
    asked = (
        [named(publications, question.publication)]
        if question.publication
        else newest_editions(publications)
    )
    now = question.now or max((each.published_at for each in asked), default=0)
    try:
        found = [
            restated(reader, catalogue, month_paper, with_figures(reader, each), now)
            for each in asked
        ]
    except NotAsPublishedError as error:
        raise HistoryError(str(error)) from None
    figures = [row for each in found for row in figure_rows(each)]
    calls = [row for each in found for row in call_rows(each, catalogue.former)]
    return Found(
        (figures, calls),
        ("Published figures that are other ones now", "The calls that are known otherwise since"),
        {"publications": len(asked)},
    )


def figure_rows(of: Restated) -> list[Row]:
    return [
        {
            "publication": of.publication.publication_id,
            "part": each.part,
            "group": each.group,
            "figure": each.name,
            "published": each.was,
            "is_now": each.now,
            "targets_were": of.publication.targets_version if of.targets_now else None,
            "targets_are": of.targets_now,
            "calls_changed": len(of.legs) if of.legs_known else None,
        }
        for each in of.figures
    ]


def call_rows(of: Restated, former: dict[str, str]) -> list[Row]:
    """A row for each column of each call that changed."""
    return [
        {"publication": of.publication.publication_id, **_said(leg, former)}
        | {"column": change.column, "was": change.was, "now": change.now}
        for leg in of.legs
        for change in changes(leg.before, leg.after)
    ]


def _said(leg: ChangedLeg, former: dict[str, str]) -> Row:
    version, cause = leg.version, leg.cause
    return {
        "known_at": iso(leg.known_at),
        "queue": former.get(version["queue"], version["queue"]),
        "leg_id": version["leg_id"],
        "contact_id": version["contact_id"],
        "cause": cause.type,
        "happened_at": None if cause.at is None else iso(cause.at),
        "late_s": None if leg.late_ms is None else leg.late_ms / 1000,
        "source": cause.source or None,
        "feed": version["feed"],
        "arrived_at": iso(version["arrived_at_ms"]),
        "delivery": version["delivery"] or None,
    }


REPORT = Report(
    options=(PUBLICATION,),
    parts=(FIGURES, CALLS),
    ask=_ask,
    reads=(
        *COUNTED,
        replace(LEGS_BY_ITSELF, table="leg_versions"),
        Reads("events", "known", by_itself=True),
    ),
    examples=("--format csv", "month-2026-10-1"),
)
