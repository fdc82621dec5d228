"""A finished leg of the past: judged, versioned and written, without any state.

It is idempotent by its key at any age, and touches no live figure.
"""

from msgspec.structs import replace

from schemas.calls import FinishedLeg
from schemas.legs import TOLD_ALIKE, LegRow
from schemas.targets_book import TargetsBook
from schemas.topics import lesser_version
from streams.core.leg import absorb, new_leg
from streams.core.leg_row import leg_row
from streams.core.leg_store import began_at, entry_of
from streams.core.unit import Cause
from streams.core.verdict import arrived_out_of_hours, judge


def history_leg_row(event: FinishedLeg, cause: Cause, book: TargetsBook) -> LegRow | None:
    """Its row by the targets that held at its arrival.

    A leg of the live feed that comes when its state is gone is written in the same way, with the flag
    `late`: feed `live` in a row means that the live counters have the leg.
    """
    leg = new_leg(event)
    absorb(leg, event)
    leg.version, leg.known_at = cause.version, cause.known_at
    if event.goes_on:
        leg.version = lesser_version(
            cause.version, "talks" if event.outcome == "answered" else "waits"
        )
    elif event.says_less:
        leg.version = lesser_version(cause.version, "less")
    leg.key_at = began_at(event)
    targets, version = book.at(event.queue, event.arrived_at)
    closed = arrived_out_of_hours(targets, event.arrived_at)
    entry = entry_of(leg, judge(leg, targets, out_of_hours=closed), version)
    row = leg_row(event.queue, entry, targets, "history")
    if row is None:
        return None
    if event.told_alike:
        row = replace(row, flags=(*row.flags, TOLD_ALIKE))
    if event.feed == "live":
        return replace(row, flags=(*row.flags, "late"))
    return replace(row, delivery=event.delivery) if event.delivery else row
