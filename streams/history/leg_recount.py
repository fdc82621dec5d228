"""Which legs cause a difference: compares each leg of a queue's day, judged by its events, with its row.

What the stream concluded without an event of the leg (by a restart, a platform snapshot or its age) is
taken from the row. Events in quarantine are left out. A finished leg that came after its state was evicted
is in history alone, and is not compared.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from schemas.calls import LegEvent
from schemas.codec import decode_call
from schemas.identity import LegKey, leg_key
from schemas.millis import DAY, SECOND
from schemas.targets_book import TargetsBook
from streams.core.leg import Leg
from streams.core.outbox import Outbox
from streams.core.queue_legs import QueueLegs
from streams.core.unit import Cause
from streams.core.verdict import judge
from streams.history.legs_of_events import KEY_COLUMNS, row_key
from streams.history.legs_sql import newest_legs
from streams.history.versions import Text, name_shown, value_shown
from streams.sinks.clickhouse.database import Reader, quoted

MISSING = "leg"  # the column shown for a leg that only the events, or only the archive, has
_FACTS = (  # the columns that counters read, without those that depend on targets
    "outcome",
    "channel",
    "arrived_at_ms",
    "left_at_ms",
    "ended_at_ms",
    "wait_ms",
    "talk_hold_ms",
    "wrap_ms",
    "missed_offers",
)
_CONCLUDED = frozenset({"restart", "snapshot", "waiting_cap"})


class Disagreement(Struct, frozen=True):
    """One column of one leg."""

    queue: str
    leg_id: str
    column: str
    by_events: Text
    in_archive: Text


def disagreements(
    reader: Reader, queue: str, start: int, end: int, below_version: int
) -> list[Disagreement]:
    """Compares the live legs of which anything happened in `[start, end)`."""
    rows = _rows(reader, queue, start, end, below_version)
    others = _rows(reader, queue, start, end, None)
    legs = _legs_by_events(queue, _bodies(reader, queue, start, end))
    touched = {key for key, row in rows.items() if _touches(row, start, end)}
    touched |= {
        key
        for key, leg in legs.items()
        if _happened(leg, start, end) and (key in rows or key not in others)
    }
    found: list[Disagreement] = []
    for key in sorted(touched):
        found += compared(queue, key[0], legs.get(key), rows.get(key))
    return found


def compared(
    queue: str, leg_id: str, leg: Leg | None, row: Mapping[str, Any] | None
) -> list[Disagreement]:
    """The columns in which the leg by its events differs from its row; pure."""
    facts = None if leg is None else _facts(leg)
    if facts is not None and facts["arrived_at_ms"] is None:
        facts = None  # its arrival is not known, so it has no row
    if facts is None and row is None:
        return []
    if facts is None or row is None:
        by_events = None if facts is None else facts["outcome"]
        in_archive = None if row is None else str(row["outcome"])
        return [Disagreement(queue, leg_id, MISSING, by_events, in_archive)]
    if facts["outcome"] == "open" and row["reason"] in _CONCLUDED:
        facts |= {name: row[name] for name in ("outcome", "left_at_ms", "wait_ms")}
    if "end_unknown" in row["flags"]:
        facts["ended_at_ms"] = row["ended_at_ms"]
    return [
        Disagreement(
            queue,
            leg_id,
            name_shown(name),
            value_shown(name, facts[name]),
            value_shown(name, row[name]),
        )
        for name in _FACTS
        if facts[name] != row[name]
    ]


def _facts(leg: Leg) -> dict[str, Any]:
    verdict = judge(leg, None, out_of_hours=False)
    return {
        "outcome": verdict.outcome,
        "channel": leg.channel,
        "arrived_at_ms": verdict.arrived_at,
        "left_at_ms": verdict.left_at,
        "ended_at_ms": verdict.service_ended_at,
        "wait_ms": verdict.wait_ms,
        "talk_hold_ms": verdict.talk_hold_ms,
        "wrap_ms": verdict.wrap_ms,
        "missed_offers": len(leg.missed) + leg.missed_extra,
    }


def _legs_by_events(queue: str, bodies: Iterable[str]) -> dict[LegKey, Leg]:
    """The legs as the core finds them, by their keys in the archive."""
    legs = QueueLegs(queue, TargetsBook(), {}, Outbox())
    for place, body in enumerate(bodies, 1):
        event = decode_call(body.encode())
        if isinstance(event, LegEvent):
            legs.apply(event, Cause(place, event.at))
    entries = legs.store.entry_of.values()
    return {leg_key(e.leg.leg_id, e.leg.source, e.leg.key_at): e.leg for e in entries}


def _happened(leg: Leg, start: int, end: int) -> bool:
    return _touches(_facts(leg), start, end) or any(start <= at < end for at, _ in leg.missed)


def _touches(facts: Mapping[str, Any], start: int, end: int) -> bool:
    """Whether anything of the leg, by its row or by its events, happened in `[start, end)`."""
    moments = (facts[name] for name in ("arrived_at_ms", "left_at_ms", "ended_at_ms"))
    return any(at is not None and start <= at < end for at in moments)


def _rows(
    reader: Reader, queue: str, start: int, end: int, below_version: int | None
) -> dict[LegKey, dict[str, Any]]:
    """The live legs in versions below that one; None: the newest row of every leg."""
    newest = newest_legs(
        (*KEY_COLUMNS, *_FACTS, "reason", "flags"), start, end, queue, None, below_version
    )
    answer = reader.execute(f"SELECT * FROM {newest}")
    return {row_key(row): row for row in answer.named()}


def _bodies(reader: Reader, queue: str, start: int, end: int) -> list[str]:
    """Every live event of the legs that have an event on the day, in the order of the log."""
    of_queue = f"queue = {quoted(queue)} AND feed = 'live'"
    since = f"appended_at >= toDateTime({max(0, start - DAY) // SECOND})"
    legs = (
        f"SELECT DISTINCT leg_id FROM events WHERE {of_queue} AND {since}"
        f" AND at_ms >= {start} AND at_ms < {end}"
    )
    answer = reader.execute(
        f"SELECT body FROM events WHERE {of_queue} AND {since} AND leg_id IN ({legs})"
        " AND (topic_partition, `offset`) NOT IN (SELECT origin, position FROM quarantine)"
        " ORDER BY appended_at_ms, `offset` LIMIT 1 BY appended_at_ms, `offset`"
    )
    return [str(body) for (body,) in answer.rows]
