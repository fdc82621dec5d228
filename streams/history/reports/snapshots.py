"""The wall minute by minute, as it was shown or as computed from the legs now.

Both have the meaning of schemas.minutes. They come from the minute rows, or from a sweep over the legs.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec.structs import astuple, replace

from schemas.counters import COUNTER, COUNTERS, WINDOW_MINUTES, Counts
from schemas.formulas import ASA, FormulaName, denominator, ratio, service_level
from schemas.millis import DAY, MINUTE, iso
from schemas.timing import SERVICE_CAP_MS
from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS, MINUTES, REACH
from streams.history.legs_sql import newest_legs, of_queue
from streams.history.options import FROM_LEGS, QUEUE, RANGE, STEP, WINDOW
from streams.history.question import Question, WrongOptionError
from streams.history.reach import of_feed, of_legs
from streams.history.report import Column, Part, Report, Row
from streams.history.sweep import LegTimes, State, sweep
from streams.sinks.clickhouse.database import Reader

_NOT_TOLD = "no source told of that minute"
_SHOWN = ("offered", "answered", "abandoned", "answered_in_target")
_COLUMNS = (
    Column("at", "time", "the minute; the row says what was so just before it"),
    Column("queue", "text", "id of the queue"),
    Column("waiting", "legs", "callers in line", _NOT_TOLD),
    Column("oldest_wait_s", "s", "how long the first of them had waited; 0 with nobody in line", _NOT_TOLD),
    Column("in_service", "legs", "callers who were talking to an agent", _NOT_TOLD),
    *(Column(name, "legs", f"{COUNTER[name].text}, in the window", _NOT_TOLD) for name in _SHOWN),
    Column("sl", "share", "the service level by the promised formula", "`n` is 0 or empty"),
    Column("asa_s", "s", f"{ASA.title}, in the window", "nobody was answered in the window"),
    Column("n", "legs", "the denominator of `sl`", "the queue has no formula, or no source told of that minute"),
)  # fmt: skip
_EARLIER_MS = 2 * DAY  # an older leg neither waits nor talks any more
READS = (
    REACH,
    replace(MINUTES, when=lambda question: not question.from_legs),
    replace(LEGS, earlier_ms=_EARLIER_MS, when=lambda question: question.from_legs),
)


def minutes_asked(question: Question) -> range:
    """From the first whole minute of the range to its end, both included."""
    first = -(-question.start // MINUTE) * MINUTE
    return range(first, question.end + 1, question.every_ms or MINUTE)


def check_window(question: Question) -> None:
    """WrongOptionError for a window that the minute rows do not have."""
    if not question.from_legs and question.window_ms // MINUTE not in WINDOW_MINUTES:
        lengths = ", ".join(f"{minutes}m" for minutes in WINDOW_MINUTES)
        raise WrongOptionError(WINDOW.flag, f"minutes are cut for {lengths}; --from-legs takes any")


def snapshots(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """The rows by minute, then by queue."""
    found = (minutes_from_legs if question.from_legs else minutes_as_cut)(
        reader, catalogue, question
    )
    return sorted(found, key=lambda row: (row["at"], row["queue"]))


def minutes_as_cut(reader: Reader, catalogue: Catalogue, question: Question) -> Iterator[Row]:
    """The minute rows as cut."""
    for queue, at, state in states_as_cut(reader, catalogue, question):
        yield _unknown(at, queue) if state is None else _row(at, queue, state, catalogue)


def states_as_cut(
    reader: Reader, catalogue: Catalogue, question: Question
) -> Iterator[tuple[str, int, State | None]]:
    """Queue, minute and what was so. A minute without a row had no calls, or (None) no source reported on it."""
    columns = ("waiting", "oldest_wait_ms", "in_service", "formula", *COUNTERS)
    answer = reader.execute(
        f"SELECT queue, at_ms, {', '.join(columns)} FROM minutes"
        f" WHERE at >= toDateTime({question.start // 1000})"
        f" AND at <= toDateTime({question.end // 1000})"
        f" AND window_minutes = {question.window_ms // MINUTE}{_of(question.queue, catalogue)}"
        " ORDER BY queue, at_ms, version DESC LIMIT 1 BY queue, at_ms"
    )
    by_queue: dict[str, dict[int, State]] = {}
    former = catalogue.former
    for queue, at, waiting, oldest, in_service, formula, *counts in answer.rows:
        state = State(
            waiting,
            oldest,
            in_service,
            Counts(*counts),
            formula,
        )
        states = by_queue.setdefault(str(former.get(queue, queue)), {})
        states[at] = _together(states[at], state) if at in states else state
    reach = of_feed(reader)
    for queue in _queues(catalogue, question, by_queue):
        states = by_queue.get(queue, {})
        for at in minutes_asked(question):
            is_known = at in states or at in reach
            yield queue, at, states.get(at, State()) if is_known else None


def _together(one: State, other: State) -> State:
    """A minute in which calls came under a former id and under the present one."""
    counts = zip(astuple(one.counts), astuple(other.counts), strict=True)
    oldest = [each.oldest_wait_ms for each in (one, other) if each.oldest_wait_ms is not None]
    return State(
        one.waiting + other.waiting,
        max(oldest, default=None),
        one.in_service + other.in_service,
        Counts(*map(sum, counts)),
        one.formula or other.formula,
    )


def minutes_from_legs(reader: Reader, catalogue: Catalogue, question: Question) -> Iterator[Row]:
    """The same computed from the newest versions of the legs."""
    columns = (
        "outcome", "arrived_at_ms", "left_at_ms", "ended_at_ms", "wait_ms", "in_target", "short",
        "formula", "channel", "answer_within_ms",
    )  # fmt: skip
    earliest = question.start - question.window_ms - _EARLIER_MS
    newest = newest_legs(
        (*columns, "direction", "out_of_hours"),
        earliest,
        question.end,
        question.queue,
        None,
        former=catalogue.former,
    )
    answer = reader.execute(
        f"SELECT queue, {', '.join(columns)} FROM {newest}"
        " WHERE direction = 'inbound' AND out_of_hours = 0 AND outcome != 'rejected'"
        f" AND arrived_at_ms >= {earliest} AND arrived_at_ms < {question.end}"
        " ORDER BY queue, arrived_at_ms"
    )
    by_queue = {
        queue: [_leg_times(*row[1:]) for row in rows]
        for queue, rows in groupby(answer.rows, itemgetter(0))
    }
    reach = of_legs(reader)
    for queue in _queues(catalogue, question, by_queue):
        legs = by_queue.get(queue, [])
        targets = catalogue.queues.get(queue)
        cap_ms = targets.service_cap_ms if targets else SERVICE_CAP_MS
        moments = minutes_asked(question)
        for at, state in zip(
            moments, sweep(legs, moments, question.window_ms, cap_ms), strict=True
        ):
            yield _row(at, queue, state, catalogue) if at in reach else _unknown(at, queue)


def _leg_times(*row: Any) -> LegTimes:
    """In the order of the columns read; a leg without targets is neither in target nor late."""
    *times, in_target, short, formula, channel, answer_within_ms = row
    is_judged = answer_within_ms is not None
    judged = [bool(each) if is_judged else None for each in (in_target, short)]
    return LegTimes._make((*times, *judged, formula, channel))


def _queues(catalogue: Catalogue, question: Question, seen: Iterable[str]) -> Sequence[str]:
    return [question.queue] if question.queue else sorted({*catalogue.queues, *seen})


def _of(queue: str | None, catalogue: Catalogue) -> str:
    return "" if queue is None else f" AND {of_queue(queue, catalogue.former)}"


def _unknown(at: int, queue: str) -> Row:
    """No source reported on this minute: the figures are unknown, not 0."""
    return {"at": iso(at), "queue": queue}


def _row(at: int, queue: str, state: State, catalogue: Catalogue) -> Row:
    targets = catalogue.queues.get(queue)
    formula: FormulaName | str | None = state.formula or (targets.formula if targets else None)
    counts = state.counts
    row: Row = {
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
        rule = service_level(formula)  # type: ignore[arg-type]  # a text from a row, written by us
        level = ratio(rule, counts)
        row |= {"sl": None if level is None else round(level, 6), "n": denominator(rule, counts)}
    asa_ms = ratio(ASA, counts)
    if asa_ms is not None:
        row["asa_s"] = round(asa_ms / 1000, 3)
    return row


REPORT = Report(
    options=(*RANGE, QUEUE, WINDOW, STEP, FROM_LEGS),
    parts=(Part(_COLUMNS),),
    ask=snapshots,
    reads=READS,
    check=check_window,
    examples=("--from 2026-11-02T08:00 --to 2026-11-02T09:00 --window 15m",),
)
