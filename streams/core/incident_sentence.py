"""What the alert of an incident says of its place: how many callers since when, how many are ordinary, in which queues."""

from collections.abc import Callable

from schemas.millis import HOUR, MINUTE, format_duration
from streams.core.incident_cell import Cell
from streams.core.rule import Measured


def measured(
    cell: Cell,
    rate: float,
    here: int,
    limit: int,
    name: Callable[[str], str],
    *,
    over: bool,
    highest: float | None,
) -> Measured:
    """`rate`: ordinary calls an hour; `highest`: in the first hour, the rate that can have been ordinary. `name` of a queue."""
    calls = cell.calls_since(cell.since, here)
    callers = cell.callers_since(cell.since)
    last = max((each.at for each in calls), default=here)
    lasted_ms = max(MINUTE, -(-(last - cell.since) // MINUTE) * MINUTE)
    expected = (rate if highest is None else highest) * lasted_ms / HOUR
    at_most = "" if highest is None else "at most "
    named = (f"{name(queue)} {number}" for queue, number in cell.queues_since(cell.since, here))
    unknown = sum(not each.caller for each in calls)
    again = len(calls) - callers - unknown
    cause = (
        f" in {format_duration(lasted_ms)}, {at_most}{expected:.1f} expected ({', '.join(named)})"
    )
    cause += f"; {again} called again" if again else ""
    cause += f"; {unknown} without a caller" if unknown else ""
    return Measured(float(callers), limit, callers, raised=True, calm=over, cause=cause)
