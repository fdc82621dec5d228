"""Which minutes any feed told of: beyond them a figure is not 0 but unknown.

Rule 1: a live source told of everything from its first word to the last minute that was over when it
spoke last, with the disorder that it is allowed: the minute that goes on is not cut yet, and callers
wait in it. A finished live file ends with its ticks (`end_of_input`).
Rule 2: legs that were sent as history are a finished file; what they reach ends as a live file of
them would, when the longest window is empty.
"""

from collections.abc import Iterable
from typing import Any

from schemas.millis import MINUTE
from schemas.timing import DISORDER_MS, LONGEST_WINDOW_MS
from streams.sinks.clickhouse.database import Reader


class Reach:
    """The spans of all sources; a minute is `in` it when one of them told of it."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = tuple(_whole(first, last) for first, last in spans)

    def __contains__(self, at: int) -> bool:
        return any(first <= at <= last for first, last in self._spans)


def of_feed(reader: Reader) -> Reach:
    """What the live feed reached, by the events that the archive keeps."""
    return Reach(_live(reader))


def of_legs(reader: Reader) -> Reach:
    """What the legs reached, sent as history or live."""
    answer = reader.execute(
        "SELECT feed, min(arrived_at_ms), max(arrived_at_ms), max(left_at_ms), max(ended_at_ms),"
        " max(wrap_ended_at_ms)"
        " FROM legs WHERE arrived_at_ms > 0 GROUP BY source, feed"
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
    return Reach([*spans, *_live(reader)])


def _live(reader: Reader) -> list[tuple[int, int]]:
    answer = reader.execute(
        "SELECT min(at_ms), max(at_ms) FROM events"
        " WHERE feed = 'live' AND at_ms > 0 GROUP BY source"
    )
    return [(first, _over(last)) for first, last in answer.rows]


def _over(last: int) -> int:
    """The last minute that no event of a source that spoke at `last` can change."""
    return (last - DISORDER_MS) // MINUTE * MINUTE


def _known(values: Iterable[Any]) -> list[int]:
    return [value for value in values if value is not None]


def _whole(first: int, last: int) -> tuple[int, int]:
    """The minutes that hold these moments: a row as of 10:01 tells of what was up to then."""
    return first // MINUTE * MINUTE, -(-last // MINUTE) * MINUTE
