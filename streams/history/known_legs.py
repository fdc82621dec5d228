"""What history knows already of legs that are about to be sent: new, the same, corrected, or another call.

A leg is known by its identity (schemas.identity). Its caller and its contact are never corrected: if they
differ, the platform has used the id again within one second, and the two are not one call. A made id of a
record without caller and contact says no more than its words: other words are another call, or a correction.
What a record leaves out stays as history knows it: an export without a column takes nothing back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from schemas.calls import FinishedLeg
from schemas.identity import LegKey, is_made, leg_key
from schemas.kept_words import is_same_outcome, is_unsaid, what_stays
from schemas.legs import LegRow
from schemas.millis import SECOND
from schemas.newest_legs import newest_legs_sql
from schemas.targets_book import TargetsBook
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from streams.history.legs_of_events import KEY_COLUMNS, row_key
from streams.sinks.clickhouse.database import Reader, quoted

MOST_AT_ONCE = 1_000  # so that the statement stays below the least limit of a server (256 KB)
# less: history knows all that the leg says, and more
# completed: history did not know yet what the leg says now
# elsewhere: new, but another node has told of a call with this id in this queue and second
Known = Literal["new", "elsewhere", "same", "less", "completed", "corrected", "collides"]

_TIMES = ("arrived_at", "left_at", "ended_at", "wrap_ended_at")
_OTHERS = (
    "outcome", "reason", "agent", "wait_ms", "talk_hold_ms", "hold_ms", "channel", "direction", "topic",
    "area", "priority", "missed_offers", "disposition",
)  # fmt: skip
_NEVER_CORRECTED = ("caller", "contact_id")
_COLUMNS = (*_OTHERS, *_NEVER_CORRECTED, *(f"{name}_ms" for name in _TIMES), "flags")
_UNJUDGED = TargetsBook()


class Comparison(Struct, frozen=True):
    """`changed`: the columns in which the leg says otherwise than history; `other`: the other source.

    `kept`: what the leg leaves out and history knows, by field of the leg, to be sent with it.
    """

    known: Known
    changed: tuple[str, ...] = ()
    other: str = ""
    kept: Mapping[str, Any] = {}


def compare(reader: Reader, legs: Sequence[FinishedLeg]) -> list[Comparison]:
    """For each of at most `MOST_AT_ONCE` legs, what it is to history now."""
    if not legs:
        return []
    answer = reader.execute(_sql(legs))
    rows = {(str(row["queue"]), row_key(row)): row for row in answer.named()}
    sources = {
        (queue, leg, visit): str(row["source"]) for (queue, (leg, _, visit)), row in rows.items()
    }
    found = []
    for leg in legs:
        key = _key(leg)
        compared = _compared(leg, rows.get((leg.queue, key)))
        other = sources.get((leg.queue, key[0], key[2]), "")
        is_elsewhere = compared.known == "new" and other
        found.append(Comparison("elsewhere", other=other) if is_elsewhere else compared)
    return found


def _compared(leg: FinishedLeg, row: Mapping[str, Any] | None) -> Comparison:
    told = history_leg_row(leg, Cause(0, 0), _UNJUDGED)
    if row is None or told is None:
        return Comparison("new")
    if any(row[name] and getattr(told, name) not in ("", row[name]) for name in _NEVER_CORRECTED):
        return Comparison("collides")
    names = (*_OTHERS, *_TIMES, *_NEVER_CORRECTED)
    differing = [name for name in names if _said(told, name) != _known(row, name)]
    changed = tuple(name for name in differing if not is_unsaid(name, _said(told, name)))
    if not differing:
        return Comparison("same")
    if not changed:
        return Comparison("less")
    if leg.goes_on and row["outcome"] != "open":
        return Comparison("less")  # its version ranks below the one that tells the end
    kept = _kept(told, row, differing)
    grows = {"missed_offers"} if row["outcome"] == "open" else set()  # who waits may still get more
    if all(is_unsaid(name, _known(row, name)) or name in grows for name in changed):
        return Comparison("completed", changed, kept=kept)
    if is_made(leg.leg_id) and not (leg.caller or leg.contact_id):
        return Comparison("collides")  # nothing but its words says which call it is
    return Comparison("corrected", changed, kept=kept)


def _kept(told: LegRow, row: Mapping[str, Any], differing: Sequence[str]) -> dict[str, Any]:
    is_same = is_same_outcome(told.outcome, told.left_at, row["outcome"], _known(row, "left_at"))
    stays = set(what_stays(is_same_outcome=is_same))
    if "end_unknown" in row["flags"]:
        stays -= {"ended_at"}  # nobody told it
    return {
        name: _known(row, name)
        for name in differing
        if name in stays and is_unsaid(name, _said(told, name))
    }


def _said(told: LegRow, name: str) -> Any:
    return getattr(told, name)


def _known(row: Mapping[str, Any], name: str) -> Any:
    value = row[f"{name}_ms"] if name in _TIMES else row[name]
    return int(value) if isinstance(value, str) and name.endswith(("_ms", "_at")) else value


def _visit_at(leg: FinishedLeg) -> int:
    return leg.arrived_at if leg.visit_at is None else leg.visit_at


def _key(leg: FinishedLeg) -> LegKey:
    return leg_key(leg.leg_id, leg.source, _visit_at(leg))


def _sql(legs: Sequence[FinishedLeg]) -> str:
    visits = [_visit_at(leg) // SECOND for leg in legs]
    pairs = ", ".join(f"({quoted(leg.queue)}, {quoted(leg.leg_id)})" for leg in legs)
    conditions = (
        f"key_at >= toDateTime({min(visits)}) AND key_at <= toDateTime({max(visits)})",
        f"(queue, leg_id) IN ({pairs})",
    )
    return newest_legs_sql("legs", ("source", *KEY_COLUMNS, *_COLUMNS), conditions)
