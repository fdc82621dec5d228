"""How complete the figures are: the books, calls without an end, open days without a call, sources, what may be missing.

The books of a paper balance if two questions that count in different ways agree: the calls that arrived and were refused (counters),
and the sum of the steps of losses (one step a call).
"""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, iso
from schemas.newest_legs import holds_sql
from streams.history.closed_days import TooLate, came_too_late
from streams.history.counted_groups import Counted, counted_groups
from streams.history.counting_sql import counts_of
from streams.history.intervals import EVERY
from streams.history.kept import LEGS_BY_ITSELF
from streams.history.legs_sql import newest_legs
from streams.history.missing import REFUSED, refused_records, silent_queues, sources_away
from streams.history.month import GroupsMonth
from streams.history.paper import Paper, Section, Table
from streams.history.papers.asked import Asked
from streams.history.quarter_hours import COUNTERS_AND_JUDGED
from streams.history.report import Column, Part, Row
from streams.history.sentences import Day, Moment, Sentence, sentence
from streams.history.uncounted import Uncounted, overdue
from streams.sinks.clickhouse.database import Reader, quoted
from streams.sinks.clickhouse.deletions import Deleted

SOURCES = Part(
    (
        Column("source", "text", "the platform node that reported the calls"),
        Column("feed", "text", "`live` or `history`"),
        Column("calls", "legs", "calls of the period, of every queue and direction; of a department those of its queues"),
        Column("first_call", "time", "arrival of the first of them"),
        Column("last_call", "time", "arrival of the last of them"),
        Column("days_with_calls", "number", "days of the period with a call of it"),
    ),
    name="sources", kind="source",
)  # fmt: skip
QUARANTINED = Part(
    (
        Column("quarantined_for", "text", "why records could not be counted"),
        Column("source", "text", "who reported them", "nobody knows"),
        Column("records", "number", "how many came in the period"),
    ),
    name="quarantined", kind="quarantined",
)  # fmt: skip
HOLES = Part(
    (
        Column("queue", "text", "id of the queue"),
        Column("name", "text", "what people call it"),
        Column("days_without_calls", "number", "open days of the period without a call"),
        Column("first_day", "time", "the first of them"),
    ),
    name="holes", kind="hole",
)  # fmt: skip
ROWS_ON_PAPER = 8
DIFFER = "books_differ"  # the sentence after which nothing of a paper can be trusted
NOT_COUNTED = "not_counted"  # the books of what is counted balance without the rest
_FIRST = (DIFFER, NOT_COUNTED)


class Complete(Struct, frozen=True):
    """What the archive says of its own holes. How often a queue was `silent` that should have had calls, and a source `away`."""

    counted: int
    sources: tuple[Row, ...]
    quarantined: tuple[Row, ...]
    holes: tuple[Row, ...]
    first_hole: Day | None
    quarantine_deleted: Deleted | None = None
    silent: int = 0
    away: int = 0
    too_late: TooLate | None = None
    uncounted: Uncounted | None = None


def read_completeness(
    reader: Reader, asked: Asked, ends: tuple[int, int] | None = None
) -> Complete:
    """`ends`: of what the archive has; before and after it no day is a hole."""
    days = counted_groups(
        reader,
        asked.catalogue,
        replace(asked.question, by="queue", every_ms=EVERY["1d"]),
        COUNTERS_AND_JUDGED,
    )
    holes, first = hole_rows(days, asked, ends)
    counts = [counts_of(each.record) for each in days]
    return Complete(
        sum(each.offered + each.rejected for each in counts),
        () if LEGS_BY_ITSELF.deleted(reader, asked.question) else tuple(_sources(reader, asked)),
        tuple(_quarantined(reader, asked)),
        tuple(holes),
        first,
        REFUSED.deleted(reader, asked.question),
        sum(
            queue in asked.catalogue.queues
            for queue, _ in silent_queues(reader, asked.period.range)
        ),
        len(sources_away(reader, asked.period.range, asked.ids)),
        came_too_late(reader, asked.period.start, asked.period.end, asked.ids),
        None if asked.is_counted else overdue(reader, asked.question, asked.ids),
    )


def hole_rows(
    days: Sequence[Counted], asked: Asked, ends: tuple[int, int] | None = None
) -> tuple[list[Row], Day | None]:
    """Open days without a call, by queue; of queues that had calls in the period. Days to come are none."""
    first_known, last_known = ends or (asked.period.start, asked.known_at)
    called = {each.group for each in days if _calls(each)}
    empty = [
        each
        for each in days
        if each.group in called
        and not _calls(each)
        and first_known <= each.start + DAY
        and each.start < min(last_known, asked.known_at)
    ]
    counted = Counter(each.group for each in empty)
    first: dict[str, Counted] = {}
    for each in empty:
        first.setdefault(each.group, each)
    rows: list[Row] = [
        {
            "queue": queue,
            "name": asked.queue_name(queue),
            "days_without_calls": count,
            "first_day": iso(first[queue].start, ZoneInfo(first[queue].zone)),
        }
        for queue, count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    ]
    return rows, Day(empty[0].start, empty[0].zone) if empty else None


def _calls(of: Counted) -> int:
    counts = counts_of(of.record)
    return counts.offered + counts.rejected + counts.out_of_hours


def _sources(reader: Reader, asked: Asked) -> list[Row]:
    zone, start, end = asked.period.zone, asked.period.start, asked.period.end
    legs = newest_legs(
        ("source", "feed", "arrived_at", "arrived_at_ms"), start, end, None, asked.as_of
    )
    answer = reader.execute(
        "SELECT source, feed, count() AS n, min(arrived_at_ms) AS first, max(arrived_at_ms) AS last,"
        f" uniqExact(toDate(arrived_at, '{zone}')) AS days FROM {legs}"
        f" WHERE arrived_at_ms >= {start} AND arrived_at_ms < {end}{_of(asked)}"
        " GROUP BY source, feed ORDER BY n DESC, source, feed"
    )
    clock = ZoneInfo(zone)
    return [
        {
            "source": str(source),
            "feed": str(feed),
            "calls": int(count),
            "first_call": iso(int(first), clock),
            "last_call": iso(int(last), clock),
            "days_with_calls": int(days),
        }
        for source, feed, count, first, last, days in answer.rows
    ]


def _of(asked: Asked) -> str:
    """A condition on rows that have a queue."""
    if asked.ids is None:
        return ""
    return f" AND {_queues(asked.ids)}"


def _queues(ids: set[str]) -> str:
    return f"queue IN ({', '.join(map(quoted, sorted(ids))) or quoted('')})"


def _of_others(reader: Reader, asked: Asked) -> frozenset[str]:
    """Sources that ever told of queues, and of none of the paper. A source that told of no queue yet may be one of the paper's own:
    what was refused of it may be all of its calls.
    """
    if asked.ids is None:
        return frozenset()
    # Former versions of old calls may be deleted while the calls stay (archive --keep).
    told = " UNION ALL ".join(
        f"SELECT source, queue FROM {table}"
        f" WHERE known_at_ms <= {asked.known_at} AND {holds_sql(asked.as_of)}"
        for table in ("leg_versions", "legs")
    )
    found = reader.execute(
        f"SELECT source FROM ({told}) GROUP BY source HAVING max({_queues(asked.ids)}) = 0"
    )
    return frozenset(str(source) for (source,) in found.rows if source)


def _quarantined(reader: Reader, asked: Asked) -> list[Row]:
    refused = refused_records(reader, asked.period.range, asked.known_at)
    came = [each for each in refused if each.records]
    others = _of_others(reader, asked) if came else ()
    return [
        {
            "quarantined_for": each.reason,
            "source": each.source or None,
            "records": each.records,
        }
        for each in came
        if each.source not in others
    ]


def section(found: Complete, whole: GroupsMonth | None, in_losses: int, asked: Asked) -> Section:
    length = asked.period.length
    said: list[Sentence] = []
    if found.counted == in_losses:
        said.append(sentence("books_balance", calls=found.counted))
    else:
        said.append(sentence(DIFFER, counted=found.counted, in_steps=in_losses))
    if whole is not None and whole.losses is not None:
        lost = whole.losses
        said.append(
            sentence(
                "without_end", open=lost.legs("open"), ghosts=lost.legs("ghost"), dropped=lost.legs("dropped")
            )
        )  # fmt: skip
    if found.uncounted is not None:
        since = Moment(found.uncounted.since, asked.period.zone, dated=True)
        said.append(sentence(NOT_COUNTED, facts=found.uncounted.facts, since=since))
    said.append(_holes_said(found))
    if found.silent or found.away:
        said.append(sentence("may_be_missing", queues=found.silent, sources=found.away))
    if found.too_late is not None:
        late = found.too_late
        said.append(sentence("came_too_late", days=late.days, queues=late.queues))
    records = sum(int(str(row["records"])) for row in found.quarantined)
    if found.quarantine_deleted is not None:
        until = Moment(found.quarantine_deleted.until, asked.period.zone, dated=True)
        said.append(sentence("quarantine_deleted", before=until))
    elif records:
        said.append(sentence("quarantined", length, records=records))
    else:
        said.append(sentence("nothing_quarantined", length))
    quarantined = () if found.quarantine_deleted else found.quarantined
    tables = [
        Table(part, list(rows), first=ROWS_ON_PAPER)
        for part, rows in ((SOURCES, found.sources), (HOLES, found.holes), (QUARANTINED, quarantined))
        if rows
    ]  # fmt: skip
    return Section("completeness", sentences=tuple(said), tables=tuple(tables))


def _holes_said(found: Complete) -> Sentence:
    if found.first_hole is None:
        return sentence("no_hole")
    days = sum(int(str(row["days_without_calls"])) for row in found.holes)
    return sentence("holes", days=days, queues=len(found.holes), first=found.first_hole)


def said_first(complete: Section) -> tuple[Sentence, ...]:
    """What whoever reads page one alone must know: else they take its figures for true."""
    return tuple(each for each in complete.sentences if each.name in _FIRST)


def problem_of(paper: Paper) -> str:
    """Why a paper must not go out by itself; "" if nothing stands against it."""
    said = {each.name: each.text for each in paper.sentences}
    for name in _FIRST:
        if name in said:
            return said[name]
    if all(
        section.name != "completeness" for section in paper.sections
    ):  # nobody knows whether anybody called
        return next(iter(said.values()), "nothing is known of it")
    return ""
