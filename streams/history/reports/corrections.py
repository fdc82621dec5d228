"""What changed in history afterwards: leg, column, old and new value, by which event, how late.

Rule 1: a correction is a version that withdraws or changes what an earlier version had stated (new facts of
a leg that goes on do not), or whose fact came when the minute row of its time was already frozen.
Rule 2: whether a row was frozen is decided by the minute rows, in event time. So the events of an old file
or a replay are not late because they are old.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, HOUR, SECOND, iso
from schemas.tables import LEG_IDENTITY
from schemas.timing import FROZEN_AFTER_MS
from streams.history.catalogue import Catalogue
from streams.history.causes import WITHDRAWN, Cause, causes
from streams.history.holding import Step, read_withdrawals, steps
from streams.history.kept import MINUTES, Reads
from streams.history.leg_columns import leg_columns
from streams.history.legs_sql import keyed_about, of_queue
from streams.history.options import QUEUE, RANGE, RANGE_OF
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.history.versions import (
    COMPARED,
    TIMES,
    Change,
    Version,
    changes,
    restates,
    restating_sql,
)
from streams.sinks.clickhouse.database import Reader, quoted

_NO_RECORD = "no record says it: new targets, a tick, or it was purged"
_COLUMNS = (
    Column("known_at", "time", "when the correction became known"),
    *leg_columns("queue", "leg_id", "contact_id"),
    Column("column", "text", "the column of the leg that changed"),
    Column("was", "text", "what history had said", "nothing, or that it is not known"),
    Column("now", "text", "what it says since", "that it is not known"),
    Column(
        "cause",
        "text",
        "type of the record that made the version; `targets`; `withdrawn`; `not archived`",
    ),
    Column("happened_at", "time", "when it happened, by the source's clock", _NO_RECORD),
    Column("late_s", "s", "from then until the broker had it", _NO_RECORD),
    Column("event_id", "text", "id of the event", _NO_RECORD),
    Column("source", "text", "the platform node that reported it", _NO_RECORD),
    Column("partition", "text", "topic and partition of the record", _NO_RECORD),
    Column("offset", "number", "its place there"),
    *leg_columns("version", "feed", "arrived_at", "delivery"),
)
_READ = (
    *LEG_IDENTITY,
    "version",
    "known_at_ms",
    "contact_id",
    "feed",
    "flags",
    "delivery",
    "replay",
    *COMPARED,
)
_IDENTITY = ", ".join(LEG_IDENTITY)
_HASH = f"cityHash64({_IDENTITY})"
_WITHDRAWN_SQL = "countIf(delivery IN (SELECT delivery FROM withdrawals)) > 0"


class Candidate(Struct):
    """A step in what holds. If not `restated`, it is a correction only if its fact came late."""

    step: Step
    restated: bool

    @property
    def version(self) -> Version:
        """The one that holds now; of a leg that is gone the last one."""
        version = self.step.after or self.step.before
        assert version is not None  # noqa: S101  a step has one of the two
        return version


_VERSIONS = Reads("leg_versions", "arrival", when=lambda question: question.range_of == "arrival")
_KNOWN = Reads("leg_versions", "known", when=lambda question: question.range_of == "known")
# Whether a fact came too late for its minute is known by its event and by the minutes.
_OF_LATE_FACTS = (
    Reads("events", "known", by_itself=True),
    replace(MINUTES, earlier_ms=2 * HOUR, by_itself=True),
)
READS = (_VERSIONS, _KNOWN, *_OF_LATE_FACTS)


def corrections(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """One row for each changed column, in the order in which they became known."""
    found = [each for each in _candidates(reader, catalogue, question) if _is_asked(each, question)]
    told = [each for each in found if not each.step.withdrawn]
    caused = list(zip(told, causes(reader, [each.version for each in told]), strict=True))
    late = [pair for pair in caused if not pair[0].restated]
    if late:
        check_late(reader, question, [cause for _, cause in late])
    wall = _Wall(reader, late) if late else None
    kept = [
        (each, cause)
        for each, cause in caused
        if each.restated or (wall is not None and wall.had_frozen(each.version, cause))
    ]
    kept += [(each, Cause(WITHDRAWN)) for each in found if each.step.withdrawn]
    kept.sort(key=lambda pair: (pair[0].step.known_at, pair[0].version["version"]))
    former = catalogue.former
    return [
        _row(each, cause, change)
        | {"queue": former.get(each.version["queue"], each.version["queue"])}
        for each, cause in kept
        for change in changes(each.step.before, each.step.after)
    ]


def _candidates(reader: Reader, catalogue: Catalogue, question: Question) -> Iterator[Candidate]:
    about = _about(reader, question)
    if not about:
        return
    rows = reader.execute(_versions_sql(catalogue, question, about)).named()
    withdrawn_at = read_withdrawals(reader, [row["delivery"] for row in rows])
    for _, versions in groupby(rows, itemgetter(*LEG_IDENTITY)):
        for step in steps(list(versions), withdrawn_at):
            restated = bool(step.withdrawn) or restates(step.before, step.after)
            if restated or (step.after is not None and _came_late(step.after)):
                yield Candidate(step, restated)


def _is_asked(each: Candidate, question: Question) -> bool:
    if question.range_of == "arrival":
        return True
    return question.start <= each.step.known_at < question.end


def _came_late(version: Version) -> bool:
    return _was_live(version) and _lag(version) > FROZEN_AFTER_MS


def _was_live(version: Version) -> bool:
    """Whether it was sent live. A finished leg sent live after its state was evicted has feed `history` and
    flag `late`.
    """
    return version["feed"] == "live" or "late" in version["flags"]


def _lag(version: Version) -> int:
    moments = [version[name] for name in TIMES if version[name] is not None]
    return int(version["known_at_ms"] - max(moments))


def _known_sql(question: Question) -> tuple[str, str]:
    """Conditions on versions: those that became known in the range, and those that were withdrawn in it."""
    known = f"known_at_ms >= {question.start} AND known_at_ms < {question.end}"
    return known, f"delivery IN (SELECT delivery FROM withdrawals WHERE {known})"


def _about(reader: Reader, question: Question) -> list[str]:
    """Conditions: where all versions of the legs are that may be asked for, so that no other month is read. Empty: there are none."""
    if question.range_of == "arrival":
        return keyed_about(question.start, question.end)
    changed = " OR ".join(_known_sql(question))
    found = reader.execute(
        f"SELECT count(), toUInt32(min(key_at)), toUInt32(max(key_at)) FROM leg_versions WHERE {changed}"
    ).rows
    n, first, last = found[0] if found else (0, 0, 0)
    return [f"key_at >= toDateTime({first})", f"key_at <= toDateTime({last})"] if n else []


def _versions_sql(catalogue: Catalogue, question: Question, about: Sequence[str]) -> str:
    """Every version of the legs that may have a correction."""
    within = [*about]
    if question.queue is not None:
        within.append(of_queue(question.queue, catalogue.former))
    if question.range_of == "arrival":
        asked = (
            f"argMax(arrived_at_ms, version) >= {question.start}"
            f" AND argMax(arrived_at_ms, version) < {question.end}"
        )
    else:
        known, withdrawn = _known_sql(question)
        asked = f"countIf({known}) + countIf({withdrawn}) > 0"
    late = _late_sql()
    legs = (
        f"SELECT {_IDENTITY} FROM leg_versions PREWHERE {_HASH} IN ({_several_sql(question, within, late)})"
        f" WHERE {' AND '.join(within)} GROUP BY {_IDENTITY}"
        f" HAVING {asked} AND ({late} OR {_WITHDRAWN_SQL} OR {restating_sql()})"
    )
    return (
        f"SELECT {', '.join(dict.fromkeys(_READ))} FROM leg_versions PREWHERE ({_IDENTITY}) IN ({legs})"
        f" WHERE {' AND '.join(within)} ORDER BY {_IDENTITY}, version LIMIT 1 BY {_IDENTITY}, version"
    )


def _late_sql() -> str:
    newest = "arrived_at_ms"
    for name in TIMES[1:]:
        newest = f"greatest({newest}, ifNull({name}, 0))"
    live = "(feed = 'live' OR has(flags, 'late'))"
    return f"countIf({live} AND known_at_ms - {newest} > {FROZEN_AFTER_MS}) > 0"


def _several_sql(question: Question, within: Sequence[str], late: str) -> str:
    """Hashes of the legs that can have a correction at all: all columns of every leg of a month took most of the time of its paper.

    A hash only says where to look, as the legs are asked for each condition again: two legs with one hash cost some time.
    """
    conditions = [*within]
    if question.range_of == "known":
        # All versions of ten years need not be grouped: of these legs alone anything became known.
        changed = " AND ".join([*within, f"({' OR '.join(_known_sql(question))})"])
        conditions.append(f"{_HASH} IN (SELECT {_HASH} FROM leg_versions WHERE {changed})")
    return (
        f"SELECT {_HASH} AS id_hash FROM leg_versions WHERE {' AND '.join(conditions)} GROUP BY id_hash"
        f" HAVING min(version) != max(version) OR {late} OR {_WITHDRAWN_SQL}"
    )


def check_late(reader: Reader, question: Question, caused: Sequence[Cause]) -> None:
    """DeletedError if nobody knows any more which of them came too late."""
    events, minutes = _OF_LATE_FACTS
    if any(cause.at is None for cause in caused):
        events.check(reader, question)
    minutes.check(reader, question)


class _Wall:
    """The newest minute row that a queue had at a given broker time."""

    def __init__(self, reader: Reader, late: Sequence[tuple[Candidate, Cause]]) -> None:
        self._reader = reader
        moments = [cause.at for _, cause in late if cause.at is not None]
        known = [each.version["known_at_ms"] for each, _ in late]
        self._range = f"at >= toDateTime({max(0, min(moments, default=0) - 2 * HOUR) // SECOND})"
        self._known_to = max(known, default=0)
        self._queues: dict[str | None, tuple[list[int], list[int]]] = {}

    def had_frozen(self, version: Version, cause: Cause) -> bool:
        """Whether the minute of the fact was frozen before the record came."""
        if cause.at is None:
            return False
        come_to = self._come_to(version["queue"], version["known_at_ms"])
        if come_to < cause.at - HOUR and not version["replay"]:
            # The queue had no call for an hour, so no row was cut: use the rows of the other queues.
            come_to = self._come_to(None, version["known_at_ms"])
        return come_to - FROZEN_AFTER_MS >= cause.at

    def _come_to(self, queue: str | None, known_at: int) -> int:
        if queue not in self._queues:
            self._queues[queue] = self._rows(queue)
        known, minutes = self._queues[queue]
        place = bisect_left(known, known_at)
        return minutes[place - 1] if place else 0

    def _rows(self, queue: str | None) -> tuple[list[int], list[int]]:
        """(times at which rows became known, the newest minute known by then), both rising."""
        only = "" if queue is None else f" AND queue = {quoted(queue)}"
        answer = self._reader.execute(
            f"SELECT at_ms, min(known_at_ms) AS known FROM minutes WHERE {self._range}{only}"
            f" AND at <= toDateTime({(self._known_to + DAY) // SECOND}) GROUP BY at_ms ORDER BY known"
        )
        return _risen(answer.rows)


def _risen(rows: Iterable[Sequence[Any]]) -> tuple[list[int], list[int]]:
    known: list[int] = []
    minutes: list[int] = []
    for at, known_at in rows:
        known.append(known_at)
        minutes.append(max(at, minutes[-1] if minutes else 0))
    return known, minutes


def _row(each: Candidate, cause: Cause, change: Change) -> Row:
    version = each.version
    late_ms = None if cause.at is None else each.step.known_at - cause.at
    return {
        "known_at": iso(each.step.known_at),
        "queue": version["queue"],
        "leg_id": version["leg_id"],
        "contact_id": version["contact_id"],
        "column": change.column,
        "was": change.was,
        "now": change.now,
        "cause": cause.type,
        "happened_at": None if cause.at is None else iso(cause.at),
        "late_s": None if late_ms is None else late_ms / 1000,
        "event_id": cause.event_id,
        "source": cause.source,
        "partition": cause.place,
        "offset": cause.offset,
        "version": version["version"],
        "feed": version["feed"],
        "arrived_at": iso(version["arrived_at_ms"]),
        "delivery": each.step.withdrawn or version["delivery"] or None,
    }


REPORT = Report(
    options=(*RANGE, QUEUE, RANGE_OF),
    parts=(Part(_COLUMNS, in_table=tuple(column.name for column in _COLUMNS[:10])),),
    ask=corrections,
    reads=READS,
    examples=(
        "--from 2026-11-02 --to 2026-11-03 --queue billing",
        "--from 2026-11-20 --to 2026-11-21 --range-of known --format csv",
    ),
)
