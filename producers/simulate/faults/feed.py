"""A source with faults: its events pass the chain of faults and are delivered when they are due."""

from collections.abc import Mapping
from heapq import heappop, heappush

from msgspec.structs import replace

from producers.contract import RawRecord
from producers.simulate.engine import Simulation
from producers.simulate.faults.parcel import Fault, Parcel
from producers.simulate.live import Reported
from producers.simulate.source import Source
from schemas.agents import AgentState
from schemas.calls import EndOfInput, LegFact, Mark, SourceMark
from schemas.millis import HOUR

NEVER_AFTER_MS = 5 * HOUR  # events that would be due later than this after the end are lost


class FaultyFeed:
    """Has the interface of its source, and gives what is delivered instead of what was reported."""

    def __init__(self, source: Source, faults: Mapping[str, Fault]) -> None:
        self._source = source
        self.faults = faults
        self.ended = False
        self._on_its_way: list[tuple[int, int, Parcel]] = []
        self._said = 0
        self._clocks: dict[str, int] = {}  # newest time of each source
        self._ends: list[tuple[str, SourceMark]] = []

    @property
    def simulation(self) -> Simulation:
        return self._source.simulation

    @property
    def at(self) -> int:
        return self._source.at

    @property
    def tick_ms(self) -> int:
        return self._source.tick_ms

    @tick_ms.setter
    def tick_ms(self, tick_ms: int) -> None:
        self._source.tick_ms = tick_ms

    def upto(self, to: int) -> list[Reported]:
        """What is delivered up to and including `to`; after the end of the source everything that is late."""
        for topic, event in self._source.upto(to):
            if isinstance(event, EndOfInput):
                self._ends.append((topic, event))
            else:
                self._send(Parcel(event.at, topic, event))
        if not self._source.ended:
            return self._delivered(self.at)
        self.ended = True
        return self._delivered(self.at + NEVER_AFTER_MS) + self._end_marks()

    def _send(self, parcel: Parcel) -> None:
        parcels = [parcel]
        for fault in self.faults.values():
            parcels = [changed for each in parcels for changed in fault.apply(each)]
        for each in parcels:
            self._said += 1
            heappush(self._on_its_way, (each.due, self._said, each))

    def _delivered(self, until: int) -> list[Reported]:
        delivered: list[Reported] = []
        while self._on_its_way and self._on_its_way[0][0] <= until:
            parcel = heappop(self._on_its_way)[2]
            event = parcel.event
            if parcel.spoiled is not None:
                delivered.append((parcel.topic, RawRecord(_key(event), parcel.spoiled)))
                continue
            self._clocks[event.source] = max(event.at, self._clocks.get(event.source, 0))
            delivered.append((parcel.topic, event))
        return delivered

    def _end_marks(self) -> list[Reported]:
        """`end_of_input` has at least the newest time of its source; else event time would not reach it."""
        return [
            (topic, replace(end, at=max(end.at, self._clocks.get(end.source, 0))))
            for topic, end in self._ends
        ]


def _key(event: LegFact | SourceMark | AgentState) -> str:
    if isinstance(event, AgentState):
        return event.agent
    return event.source if isinstance(event, Mark) else event.queue
