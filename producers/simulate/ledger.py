"""The simulator's own record of all legs, in the columns of call records, to compare figures with.

It is made from the simulation, not from the events that were sent, so that a lost event is noticed.
A leg that a restart of the platform cut off is `dropped`; a conversation whose end the platform lost
has no `ended_at`.
"""

import csv
from collections.abc import Iterable
from typing import TextIO

from producers.simulate.centre import Demand
from producers.simulate.people import Leg
from schemas.millis import iso

COLUMNS = (
    "leg_id",
    "contact_id",
    "queue",
    "channel",
    "caller",
    "arrived_at",
    "answered_at",
    "left_at",
    "ended_at",
    "outcome",
    "agent",
    "reason",
    "missed_offers",
    "wrap_ended_at",
    "hold_ms",
    "topic",
    "area",
)


def row_of(leg: Leg, demands: tuple[Demand, ...]) -> tuple[str | int, ...]:
    """Times in ISO 8601 UTC with milliseconds; empty if it did not happen."""
    visit = leg.visit
    return (
        leg.leg_id,
        leg.contact_id,
        demands[leg.queue].queue,
        "voice",
        visit.caller,
        _time(leg.arrived_at),
        _time(leg.answered_at),
        _time(leg.left_at),
        _time(leg.ended_at),
        leg.outcome,
        leg.agent.agent if leg.agent and leg.answered_at else "",
        leg.reason,
        leg.missed_offers,
        _time(leg.wrap_ended_at),
        leg.hold_ms or "",
        visit.topic,
        visit.area,
    )


class Ledger:
    """Writes a row when a leg is complete; legs that are open at the end have the outcome `open`."""

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
