"""Missed offers by their own times: the row of a leg has their number, its events have the times.

Counted as in the stream: one for each moment and agent, and only of inbound legs. Missed offers of a
finished leg, which have no times, count at its arrival.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.calls import OfferMissed
from schemas.codec import decode_call
from schemas.counters import COUNTER, Counter, sql_condition
from schemas.identity import LegKey
from schemas.millis import DAY, SECOND
from schemas.topics import epoch_began, offset_of
from streams.history.legs_of_events import KEY_COLUMNS, VISIT, LegsOfEvents
from streams.history.legs_sql import newest_legs
from streams.sinks.clickhouse.database import Reader, Row, quoted

_COUNTERS = {name: each for name, each in COUNTER.items() if each.moment == "missed offer"}
_COLUMNS = (
    "direction",
    "out_of_hours",
    "outcome",
    "in_target",
    "short",
    "channel",
    "arrived_at_ms",
    "missed_offers",
)

Miss = tuple[int, str]  # (event time, agent)
DatedMisses = dict[tuple[str, LegKey], set[Miss]]  # by queue and leg


class MissedLeg(NamedTuple):
    """A leg that counts, by its row."""

    queue: str
    key: LegKey
    arrived_at: int
    missed: int
    counters: tuple[str, ...]  # the counters to which its missed offers are added


def missed_offers(
    reader: Reader,
    start: int,
    end: int,
    below_version: int,
    queues: Sequence[str],
    *,
    as_counted_live: bool = False,
) -> dict[str, dict[str, int]]:
    """By queue and counter, the missed offers in `[start, end)` of live legs in versions below that one
    (`as_counted_live` as in a question).

    A queue without any has no entry.
    """
    misses = (
        "FROM events WHERE type = 'offer_missed' AND feed = 'live'"
        f" AND queue IN ({', '.join(map(quoted, queues))})"
        f" AND appended_at >= toDateTime({max(0, start - DAY) // SECOND})"
        f" AND (`offset` < {offset_of(below_version)}"
        f" OR appended_at_ms < {epoch_began(below_version)})"  # of former topics, created again since
        " AND (topic_partition, `offset`) NOT IN (SELECT origin, position FROM quarantine)"
    )
    that_day = f"leg_id IN (SELECT leg_id {misses} AND at_ms >= {start} AND at_ms < {end})"
    arrived = f"arrived_at_ms >= {start} AND arrived_at_ms < {end}"
    newest = newest_legs(
        (*KEY_COLUMNS, *_COLUMNS),
        start,
        end,
        None,
        None,
        below_version,
        as_counted_live=as_counted_live,
    )
    counting = (
        f"FROM {newest} WHERE queue IN ({', '.join(map(quoted, queues))}) AND missed_offers > 0"
        f" AND direction = 'inbound' AND ({' OR '.join(map(_condition, _COUNTERS.values()))})"
        f" AND ({arrived} OR {that_day})"
    )
    counts = ", ".join(map(_condition, _COUNTERS.values()))
    legs = reader.execute(
        f"SELECT queue, leg_id, node, {VISIT}, arrived_at_ms, missed_offers, {counts} {counting}"
    )
    bodies = reader.execute(f"SELECT body {misses} AND leg_id IN (SELECT leg_id {counting})")
    found = [_leg(row) for row in legs.rows]
    return counted(found, _dated_misses(found, (body for (body,) in bodies.rows)), start, end)


def _condition(counter: Counter) -> str:
    hours = f"out_of_hours = {int(counter.when.out_of_hours)}"
    return f"({hours} AND {sql_condition(counter)})"


def _leg(row: Row) -> MissedLeg:
    queue, leg_id, node, visit, arrived_at, missed, *counts = row
    counters = tuple(name for name, does in zip(_COUNTERS, counts, strict=True) if does)
    return MissedLeg(queue, (leg_id, node, int(visit)), arrived_at, missed, counters)


def counted(
    legs: Iterable[MissedLeg], dated: DatedMisses, start: int, end: int
) -> dict[str, dict[str, int]]:
    """Pure: counts the dated missed offers at their times, and the rest of each leg at its arrival."""
    found: dict[str, dict[str, int]] = {}
    for leg in legs:
        times = dated.get((leg.queue, leg.key), set())
        n = sum(start <= at < end for at, _ in times)
        if start <= leg.arrived_at < end:
            n += leg.missed - len(times)
        of_queue = found.setdefault(leg.queue, {})
        for counter in leg.counters:
            of_queue[counter] = of_queue.get(counter, 0) + n
    return found


def _dated_misses(legs: Iterable[MissedLeg], bodies: Iterable[str]) -> DatedMisses:
    keys: dict[str, list[LegKey]] = {}
    for leg in legs:
        keys.setdefault(leg.queue, []).append(leg.key)
    known = {queue: LegsOfEvents(each) for queue, each in keys.items()}
    found: DatedMisses = {}
    for body in bodies:
        event = decode_call(body.encode())
        if isinstance(event, OfferMissed) and event.queue in known:
            key = known[event.queue].find(event)
            if key is not None:
                found.setdefault((event.queue, key), set()).add((event.at, event.agent))
    return found
