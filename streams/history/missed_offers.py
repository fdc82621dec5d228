"""Missed offers, each when it happened: a leg's row knows how many there were, its events know when.

Counted as in the stream (streams.core.verdict): one a moment and agent, inbound legs in opening hours
alone; what a complete leg tells without times counts at its arrival.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.calls import OfferMissed
from schemas.codec import decode_call
from schemas.millis import DAY, SECOND
from schemas.topics import epoch_began, offset_of
from streams.history.legs_sql import newest_legs
from streams.sinks.clickhouse.database import Reader, quoted

_COLUMNS = ("direction", "out_of_hours", "outcome", "arrived_at_ms", "missed_offers")

Miss = tuple[int, str]  # (event time, agent)
Told = dict[tuple[str, str], set[Miss]]  # by queue and leg


class MissedLeg(NamedTuple):
    """A leg that counts, as its row has it."""

    queue: str
    leg_id: str
    arrived_at: int
    missed: int


def missed_offers(
    reader: Reader, start: int, end: int, below_version: int, queues: Sequence[str]
) -> dict[str, int]:
    """By queue, what live legs below that version missed in `[start, end)`; no entry where nothing was."""
    misses = (
        "FROM events WHERE type = 'offer_missed' AND feed = 'live'"
        f" AND queue IN ({', '.join(map(quoted, queues))})"
        f" AND appended_at >= toDateTime({max(0, start - DAY) // SECOND})"
        f" AND (`offset` < {offset_of(below_version)}"
        f" OR appended_at_ms < {epoch_began(below_version)})"  # of topics that were made anew since
        " AND (topic_partition, `offset`) NOT IN (SELECT origin, position FROM quarantine)"
    )
    that_day = f"leg_id IN (SELECT leg_id {misses} AND at_ms >= {start} AND at_ms < {end})"
    arrived = f"arrived_at_ms >= {start} AND arrived_at_ms < {end}"
    newest = newest_legs(_COLUMNS, start, end, None, None, below_version)
    counting = (
        f"FROM {newest} WHERE queue IN ({', '.join(map(quoted, queues))}) AND missed_offers > 0"
        " AND direction = 'inbound' AND out_of_hours = 0 AND outcome != 'rejected'"
        f" AND ({arrived} OR {that_day})"
    )
    legs = reader.execute(f"SELECT queue, leg_id, arrived_at_ms, missed_offers {counting}")
    bodies = reader.execute(f"SELECT body {misses} AND leg_id IN (SELECT leg_id {counting})")
    return counted(
        [MissedLeg(*row) for row in legs.rows], _told(body for (body,) in bodies.rows), start, end
    )


def counted(legs: Iterable[MissedLeg], told: Told, start: int, end: int) -> dict[str, int]:
    """Pure: what events date, and the rest of each leg at its arrival."""
    found: dict[str, int] = {}
    for leg in legs:
        dated = told.get((leg.queue, leg.leg_id), set())
        n = sum(start <= at < end for at, _ in dated)
        if start <= leg.arrived_at < end:
            n += leg.missed - len(dated)
        found[leg.queue] = found.get(leg.queue, 0) + n
    return found


def _told(bodies: Iterable[str]) -> Told:
    told: Told = {}
    for body in bodies:
        event = decode_call(body.encode())
        if isinstance(event, OfferMissed):
            told.setdefault((event.queue, event.leg_id), set()).add((event.at, event.agent))
    return told
