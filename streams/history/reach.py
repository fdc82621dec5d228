"""Which minutes the reports of sources cover; outside of them a figure is unknown, not 0.

Rule 1: a live source covers the time from its first event to the last whole minute that is at least the
allowed disorder before its newest event: the current minute is not cut yet. A finished live file ends with
ticks (`end_of_input`).
Rule 2: legs that were sent as history are a finished file. They cover the time until the longest window
after the last of them is empty, as a live file of the same legs would.
Rule 3: days whose legs are deleted are told of by their roll-ups.
Rule 4: nothing reaches past the first live fact that the stream has not counted (streams.history.uncounted).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from schemas.millis import DAY, MINUTE, SECOND
from schemas.newest_legs import CLOSED, KEY_SLACK_DAYS, holds_sql
from schemas.timing import DISORDER_MS, LONGEST_WINDOW_MS
from streams.history.rolled_up import closed_sql, read_marks
from streams.history.uncounted import uncounted
from streams.sinks.clickhouse.database import Reader, quoted

# Rows further from the end of a table lie before its last moments and after its first ones, even if the rows at the end were
# corrected away from it and they were corrected towards it. A leg ends within a day of its arrival.
_END_DAYS_S = (2 * KEY_SLACK_DAYS + 2) * DAY // SECOND


class Reach:
    """The spans of all sources; `minute in reach` is true when one of them covers the minute."""

    def __init__(self, spans: Iterable[tuple[int, int]], until: int | None = None) -> None:
        """`until`: the first fact that is not counted; None: all are."""
        whole = (_whole(first, last) for first, last in spans)
        last_counted = None if until is None else until // MINUTE * MINUTE
        self._spans = tuple(
            (first, last if last_counted is None else min(last, last_counted))
            for first, last in whole
        )

    def __contains__(self, at: int) -> bool:
        return any(first <= at <= last for first, last in self._spans)

    @property
    def ends(self) -> tuple[int, int] | None:
        """The first and the last minute that any source covers, whatever lies between; None: there is none."""
        spans = [each for each in self._spans if each[0] <= each[1]]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def of_feed(reader: Reader) -> Reach:
    """What the live feed covers, by the events that the archive keeps."""
    return Reach(_live(reader))


def ends(reader: Reader, queues: Collection[str] | None = None) -> tuple[int, int] | None:
    """The first and the last minute of `of_legs`, whatever lies between; None: there is none.

    Of the first and the last days of the archive alone: of ten years everything else need not be read. Nothing of a leg lies
    further from `key_at` than questions look, and no live event later than the broker had it.
    """
    named = None if queues is None else sorted(queues)
    sources = _sources_sql(named)
    legs = _at_both_ends(reader, "legs", "key_at", _of_legs, sources)
    events = _at_both_ends(reader, "events", "appended_at", _live, sources)
    return Reach([*legs, *events, *_rolled_up(reader, named)], _counted_until(reader, named)).ends


def _at_both_ends(
    reader: Reader,
    table: str,
    column: str,
    spans: Callable[[Reader, str], list[tuple[int, int]]],
    sources: str,
) -> list[tuple[int, int]]:
    """`spans` of the first and of the last days of a table; of all of it where at one end no row holds."""
    among = f" WHERE 1{sources}" if sources else ""
    found = reader.execute(
        f"SELECT count(), toUInt32(min({column})), toUInt32(max({column})) FROM {table}{among}"
    ).rows
    n, first, last = found[0] if found else (0, 0, 0)
    if not n:
        return []
    early = spans(reader, f" AND {column} <= toDateTime({int(first) + _END_DAYS_S}){sources}")
    late = spans(reader, f" AND {column} >= toDateTime({max(0, int(last) - _END_DAYS_S)}){sources}")
    return [*early, *late] if early and late else spans(reader, sources)


def of_legs(reader: Reader, queues: Sequence[str] | None = None) -> Reach:
    """What the legs cover, sent as history or live. With `queues` (ids, former ones, too) what the sources cover that ever told of one of them:
    a source that knows nothing of a queue does not say that nobody called there.
    """
    sources = _sources_sql(queues)
    spans = [*_of_legs(reader, sources), *_live(reader, sources)]
    return Reach([*spans, *_rolled_up(reader, queues)], _counted_until(reader, queues))


def _counted_until(reader: Reader, queues: Sequence[str] | None = None) -> int | None:
    waits = uncounted(reader, queues=queues)
    return None if waits is None else waits.since


def _of_legs(reader: Reader, only: str) -> list[tuple[int, int]]:
    answer = reader.execute(
        "SELECT feed, min(arrived_at_ms), max(arrived_at_ms), max(left_at_ms), max(ended_at_ms),"
        " max(wrap_ended_at_ms)"
        f" FROM legs WHERE arrived_at_ms > 0 AND {holds_sql()}{only} GROUP BY source, feed"
    )
    return [
        (
            first,
            max(_known(last)) + LONGEST_WINDOW_MS
            if feed == "history"
            else _over(max(_known(last))),
        )
        for feed, first, *last in answer.rows
    ]


def _rolled_up(reader: Reader, queues: Sequence[str] | None) -> list[tuple[int, int]]:
    """What is told of legs that are deleted."""
    marks = read_marks(reader)
    if CLOSED not in marks:
        return []
    closed = closed_sql(marks)
    of = "" if queues is None else f" AND queue IN ({', '.join(map(quoted, queues))})"
    found = reader.execute(
        f"SELECT count(), min(at_ms), max(at_ms) FROM quarter_hours WHERE {closed}{of}"
    ).rows
    return [(int(first), int(last) + LONGEST_WINDOW_MS) for n, first, last in found if n]


def _sources_sql(queues: Sequence[str] | None) -> str:
    """A condition on rows: of the sources that ever told of one of the queues."""
    return "" if queues is None else f" AND {told_of_sql(queues)}"


def told_of_sql(queues: Collection[str]) -> str:
    """A condition on `source`: it has ever told of one of the queues (ids, former ones, too)."""
    named = ", ".join(quoted(each) for each in queues) or quoted("")
    return f"source IN (SELECT source FROM legs WHERE queue IN ({named}) AND {holds_sql()})"


def _live(reader: Reader, sources: str = "") -> list[tuple[int, int]]:
    answer = reader.execute(
        "SELECT min(at_ms), max(at_ms) FROM events"
        f" WHERE feed = 'live' AND at_ms > 0{sources} GROUP BY source"
    )
    return [(first, _over(last)) for first, last in answer.rows]


def _over(last: int) -> int:
    """The last minute that is complete when the newest event of its source is of the time `last`."""
    return (last - DISORDER_MS) // MINUTE * MINUTE


def _known(values: Iterable[Any]) -> list[int]:
    return [value for value in values if value is not None]


def _whole(first: int, last: int) -> tuple[int, int]:
    """The span in whole minutes: a row as of 10:01 describes the time up to 10:01."""
    return first // MINUTE * MINUTE, -(-last // MINUTE) * MINUTE
