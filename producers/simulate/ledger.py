"""The simulator's own books: one row a leg, in the columns of call records, to compare figures with.

Kept from what happened on the floor, not from the events that were sent: a lost event shows. What a
restart of the platform cut off is `dropped`; a conversation whose end it lost has no `ended_at`.
"""

import csv
from collections.abc import Iterable
from typing import TextIO

from producers.simulate.centre import Demand
from producers.simulate.people import Leg
from schemas.millis import iso

COLUMNS = (
    "leg_id", "contact_id", "queue", "channel", "caller", "arrived_at", "answered_at", "left_at",
    "ended_at", "outcome", "agent", "reason", "missed_offers", "wrap_ended_at", "hold_ms", "topic",
    "area",
)  # fmt: skip


def row_of(leg: Leg, demands: tuple[Demand, ...]) -> tuple[str | int, ...]:
    """Times in ISO 8601 UTC to the millisecond, empty where they did not happen."""
    visit = leg.visit
    return (
        leg.leg_id, leg.contact_id, demands[leg.queue].queue, "voice", visit.caller,
        _time(leg.arrived_at), _time(leg.answered_at), _time(leg.left_at), _time(leg.ended_at),
        leg.outcome, leg.agent.agent if leg.agent and leg.answered_at else "", leg.reason,
        leg.missed_offers, _time(leg.wrap_ended_at), leg.hold_ms or "", visit.topic, visit.area,
    )  # fmt: skip


class Ledger:
    """Writes rows as legs are complete; those open at the end of a run have the outcome `open`."""

    def __init__(self, file: TextIO, demands: tuple[Demand, ...]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._demands = demands
        self.legs = 0
        self._rows.writerow(COLUMNS)

    def add(self, legs: Iterable[Leg]) -> None:
        for leg in legs:
            self._rows.writerow(row_of(leg, self._demands))
            self.legs += 1


def _time(at: int) -> str:
    return iso(at) if at else ""
