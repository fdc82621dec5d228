"""Which minutes the reports of sources cover; outside of them a figure is unknown, not 0.

Rule 1: a live source covers the time from its first event to the last whole minute that is at least the
allowed disorder before its newest event: the current minute is not cut yet. A finished live file ends with
ticks (`end_of_input`).
Rule 2: legs that were sent as history are a finished file. They cover the time until the longest window
after the last of them is empty, as a live file of the same legs would.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from schemas.millis import MINUTE
from schemas.newest_legs import holds_sql
from schemas.timing import DISORDER_MS, LONGEST_WINDOW_MS
from streams.sinks.clickhouse.database import Reader, quoted


class Reach:
    """The spans of all sources; `minute in reach` is true when one of them covers the minute."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = tuple(_whole(first, last) for first, last in spans)

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


def of_legs(reader: Reader, queues: Sequence[str] | None = None) -> Reach:
    """What the legs cover, sent as history or live. With `queues` (ids, former ones, too) what the sources cover that ever told of one of them:
    a source that knows nothing of a queue does not say that nobody called there.
    """
    sources = "" if queues is None else f" AND source IN ({_sources_sql(queues)})"
    answer = reader.execute(
        "SELECT feed, min(arrived_at_ms), max(arrived_at_ms), max(left_at_ms), max(ended_at_ms),"
        " max(wrap_ended_at_ms)"
        f" FROM legs WHERE arrived_at_ms > 0 AND {holds_sql()}{sources} GROUP BY source, feed"
    )
    spans = [
        (
            first,
            max(_known(last)) + LONGEST_WINDOW_MS
            if feed == "history"
            else _over(max(_known(last))),
        )
        for feed, first, *last in answer.rows
    ]
    return Reach([*spans, *_live(reader, sources)])


def _sources_sql(queues: Sequence[str]) -> str:
    named = ", ".join(quoted(each) for each in queues)
    return f"SELECT source FROM legs WHERE queue IN ({named}) AND {holds_sql()}"


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
