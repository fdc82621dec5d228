"""What the wall showed, or would have shown: one line a queue and minute.

Two sources of one meaning (schemas.minutes): the minute rows as they were cut, or a sweep over legs.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from msgspec import Struct

from schemas.counters import COUNTERS, Counts
from schemas.formulas import ASA, FormulaName, denominator, ratio, service_level
from schemas.millis import DAY, MINUTE, iso
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.legs_sql import newest_legs
from streams.history.reach import of_feed, of_legs
from streams.history.sweep import LegTimes, State, sweep
from streams.sinks.clickhouse.database import Reader, quoted

SNAPSHOT_COLUMNS: tuple[str, ...] = (
    "at", "queue", "waiting", "oldest_wait_s", "in_service", "offered", "answered", "abandoned",
    "answered_in_target", "sl", "asa_s", "n",
)  # fmt: skip
_EARLIER_MS = 2 * DAY  # a leg older than this neither waits nor talks

Line = dict[str, str | int | float | None]


class SnapshotQuestion(Struct, frozen=True):
    """Minutes `at` from `start` to `end`, both included, every `every_ms`, each over `window_ms`."""

    start: int
    end: int
    window_ms: int
    every_ms: int
    queue: str | None = None

    def moments(self) -> range:
        first = -(-self.start // MINUTE) * MINUTE
        return range(first, self.end + 1, self.every_ms)


def cut_snapshots(
    reader: Reader, catalogue: Catalogue, question: SnapshotQuestion
) -> Iterator[Line]:
    """The minute rows as cut; a minute without one is empty of calls, or nothing told of it."""
    columns = ("waiting", "oldest_wait_ms", "in_service", "formula", *COUNTERS)
    answer = reader.execute(
        f"SELECT queue, at_ms, {', '.join(columns)} FROM minutes"
        f" WHERE at >= toDateTime({question.start // 1000})"
        f" AND at <= toDateTime({question.end // 1000})"
        f" AND window_minutes = {question.window_ms // MINUTE}{_of(question.queue)}"
        " ORDER BY queue, at_ms, version DESC LIMIT 1 BY queue, at_ms"
    )
    by_queue: dict[str, dict[int, State]] = {}
    for queue, at, waiting, oldest, in_service, formula, *counts in answer.rows:
        state = State(
            waiting,
            oldest,
            in_service,
            Counts(*counts),
            formula,
        )
        by_queue.setdefault(queue, {})[at] = state
    reach = of_feed(reader)
    for queue in _queues(catalogue, question, by_queue):
        rows = by_queue.get(queue, {})
        for at in question.moments():
            if at in rows or at in reach:
                yield _line(at, queue, rows.get(at, State()), catalogue)
            else:
                yield _unknown(at, queue)


def swept_snapshots(
    reader: Reader, catalogue: Catalogue, question: SnapshotQuestion
) -> Iterator[Line]:
    """The same computed from the legs as history knows them now."""
    columns = (
        "outcome", "arrived_at_ms", "left_at_ms", "ended_at_ms", "wait_ms", "in_target", "short",
        "formula", "channel",
    )  # fmt: skip
    earliest = question.start - question.window_ms - _EARLIER_MS
    newest = newest_legs(
        (*columns, "direction", "out_of_hours"), earliest, question.end, question.queue, None
    )
    answer = reader.execute(
        f"SELECT queue, {', '.join(columns)} FROM {newest}"
        " WHERE direction = 'inbound' AND out_of_hours = 0 AND outcome != 'rejected'"
        f" AND arrived_at_ms >= {earliest} AND arrived_at_ms < {question.end}"
        " ORDER BY queue, arrived_at_ms"
    )
    by_queue = {
        queue: [LegTimes(*row[1:]) for row in rows]
        for queue, rows in groupby(answer.rows, itemgetter(0))
    }
    reach = of_legs(reader)
    for queue in _queues(catalogue, question, by_queue):
        legs = by_queue.get(queue, [])
        targets = catalogue.queues.get(queue)
        cap_ms = targets.service_cap_ms if targets else Targets.service_cap_ms
        moments = question.moments()
        for at, state in zip(
            moments, sweep(legs, moments, question.window_ms, cap_ms), strict=True
        ):
            yield _line(at, queue, state, catalogue) if at in reach else _unknown(at, queue)


def _queues(catalogue: Catalogue, question: SnapshotQuestion, seen: Iterable[str]) -> Sequence[str]:
    return [question.queue] if question.queue else sorted({*catalogue.queues, *seen})


def _of(queue: str | None) -> str:
    return "" if queue is None else f" AND queue = {quoted(queue)}"


def _unknown(at: int, queue: str) -> Line:
    """No feed told of this minute: nobody knows, which is not 0."""
    return {"at": iso(at), "queue": queue}


def _line(at: int, queue: str, state: State, catalogue: Catalogue) -> Line:
    targets = catalogue.queues.get(queue)
    formula: FormulaName | str | None = state.formula or (targets.formula if targets else None)
    counts = state.counts
    line: Line = {
        "at": iso(at),
        "queue": queue,
        "waiting": state.waiting,
        "oldest_wait_s": (state.oldest_wait_ms or 0) / 1000,
        "in_service": state.in_service,
        "offered": counts.offered,
        "answered": counts.answered,
        "abandoned": counts.abandoned,
        "answered_in_target": counts.answered_in_target,
    }
    if formula:
        rule = service_level(formula)  # type: ignore[arg-type]  # our own word, from a row
        level = ratio(rule, counts)
        line |= {"sl": None if level is None else round(level, 6), "n": denominator(rule, counts)}
    asa_ms = ratio(ASA, counts)
    if asa_ms is not None:
        line["asa_s"] = round(asa_ms / 1000, 3)
    return line
