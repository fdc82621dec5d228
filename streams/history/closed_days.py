"""Facts of closed days, whose calls are deleted: they are counted no more, so every figure of such a day says it.

Of a deleted call nobody can tell whether it is told anew, corrected, or told for the first time: counted on top of its roll-ups it might
count twice. In silence a figure would look whole that is not.
"""

from collections.abc import Collection

from msgspec import Struct

from schemas.counted import counted
from schemas.millis import SECOND, to_datetime
from schemas.newest_legs import CLOSED
from streams.history.quarter_hours import day_of
from streams.history.rolled_up import read_marks, status_sql
from streams.sinks.clickhouse.database import Reader, quoted


class TooLate(Struct, frozen=True):
    """Of how many queues, and of how many UTC days from `first` to `last` (ms, their starts)."""

    queues: int
    days: int
    first: int
    last: int

    def __str__(self) -> str:
        first, last = (f"{to_datetime(at):%Y-%m-%d}" for at in (self.first, self.last))
        days = f"{first} (UTC)" if first == last else f"{first} to {last} (UTC)"
        return f"facts of {days}, of {counted(self.queues, 'queues')}, came after the calls of these days were deleted: they are not counted"


def came_too_late(
    reader: Reader, start: int, end: int, queues: Collection[str] | None = None
) -> TooLate | None:
    """Of the days of a range, of `queues` (ids, former ones, too; None: of all); None: nothing did."""
    closed = read_marks(reader).get(CLOSED, 0)
    if day_of(start) >= closed:
        return None
    late = f"day_s < {closed // SECOND} AND covered < touched"
    if queues is not None:
        late += f" AND queue IN ({', '.join(map(quoted, sorted(queues))) or quoted('')})"
    days = status_sql(day_of(start), day_of(end - 1), late)
    answer = reader.execute(
        f"SELECT uniqExact(queue), uniqExact(day_s), min(day_s), max(day_s) FROM ({days})"
    )
    n_queues, n, first, last = map(int, answer.rows[0]) if answer.rows else (0, 0, 0, 0)
    return TooLate(n_queues, n, first * SECOND, last * SECOND) if n else None
