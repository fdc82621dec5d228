"""Reads how many calls were offered in each 5 minutes, from the legs that hold."""

from msgspec import Struct, field

from schemas.newest_legs import holds_sql
from schemas.targets_book import TargetsBook
from streams.core.expected_calls import BIN_MS
from streams.history.legs_sql import newest_legs, present_queue
from streams.sinks.clickhouse.database import Reader

_COLUMNS = ("arrived_at_ms", "direction", "outcome", "out_of_hours")


class Arrivals(Struct):
    """`bins`: by queue and start, those with calls. `first`: when the first call of a queue arrived; `last`: when the
    last call of all arrived.
    """

    bins: dict[str, dict[int, int]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    last: int = 0


def arrivals(reader: Reader, book: TargetsBook, start: int, end: int) -> Arrivals:
    """What arrived in `[start, end)`, live and sent as history, under the present ids of the queues."""
    found = Arrivals()
    former = {id_: each.queue for each in book.all_at(end).values() for id_ in each.formerly}
    reached = reader.execute(
        f"SELECT {present_queue(former)} AS present, min(arrived_at_ms), max(arrived_at_ms) FROM legs"
        f" WHERE arrived_at_ms > 0 AND arrived_at_ms < {end} AND {holds_sql()} GROUP BY present"
    )
    for queue, first, last in reached.rows:
        found.first[str(queue)] = int(first)
        found.last = max(found.last, int(last))
    legs = newest_legs(_COLUMNS, start, end, None, None, former=former)
    counted = reader.execute(
        f"SELECT queue, intDiv(arrived_at_ms, {BIN_MS}) AS bin, count() FROM {legs}"
        " WHERE direction = 'inbound' AND out_of_hours = 0 AND outcome != 'rejected'"
        f" AND arrived_at_ms >= {start} AND arrived_at_ms < {end} GROUP BY queue, bin"
    )
    for queue, number, count in counted.rows:
        found.bins.setdefault(str(queue), {})[int(number) * BIN_MS] = int(count)
    return found
