"""The shell of a simulation: publishes what is due, notes how far it came, keeps the ledger."""

import os
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from producers.pace import Pace
from producers.simulate.engine import Simulation
from producers.simulate.ledger import Ledger
from producers.simulate.source import CATCHING_UP_TICK_MS, LIVE_TICK_MS
from schemas.agents import AgentState
from schemas.calls import LegFact, Mark, SourceMark
from schemas.health import Health
from schemas.millis import MINUTE, SECOND

CAUGHT_UP_MS = 5 * SECOND
_STRETCH_MS = 5 * MINUTE  # at most so much is simulated before anything else gets a turn
_NOTED_AFTER = 20_000  # events between two notes of the position while catching up
_NOTED_EVERY_MS = SECOND
_WAIT_MS = 100


class Sink(Protocol):
    """What the run needs of a publisher."""

    def send_call(self, event: LegFact) -> None: ...
    def send_agent(self, event: AgentState) -> None: ...
    def send_mark(self, topic: str, mark: SourceMark) -> None: ...
    def send_bytes(self, topic: str, key: str, value: bytes) -> None: ...
    def flush(self) -> None: ...


class Spoiled(Struct, frozen=True):
    """Bytes in place of an event, under the key that it would have had."""

    key: str
    value: bytes


Delivered = tuple[str, LegFact | SourceMark | AgentState | Spoiled]  # topic, and what goes there


class Feed(Protocol):
    """What the run needs of a source, or of a source with faults on its way."""

    tick_ms: int

    @property
    def simulation(self) -> Simulation: ...
    @property
    def at(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    def upto(self, to: int) -> Sequence[Delivered]: ...


class Watch(Protocol):
    """What the run needs of a clock."""

    @property
    def stopped(self) -> bool: ...
    def now_ms(self) -> int: ...
    def wait(self, duration_ms: int) -> None: ...


class Notes(Struct, frozen=True):
    """Who is told: of a position once everything up to it was delivered, and of the way to now."""

    delivered: Callable[[int], None]
    moved: Callable[[int], None]


class Simulating:
    """One run from where its source stands, until its end or a stop."""

    def __init__(
        self, source: Feed, sink: Sink, clock: Watch, pace: Pace, notes: Notes,
        ledger: Ledger | None = None,
    ) -> None:  # fmt: skip
        self._source = source
        self._sink = sink
        self._clock = clock
        self._pace = pace
        self._notes = notes
        self._ledger = ledger
        self._started_at = clock.now_ms()
        self._noted_at = self._started_at
        self._noted_sent = 0
        self._caught_up = False
        self.calls = self.agents = 0
        if ledger is not None:
            source.simulation.complete = []

    def run(self, first: Sequence[Delivered] = ()) -> None:
        """Returns when the source has ended or the clock was stopped; everything is delivered then."""
        source, clock = self._source, self._clock
        self._send(first)
        while not (source.ended or clock.stopped):
            now = clock.now_ms()
            horizon = self._pace.horizon(now)
            self._caught_up = now - source.at <= CAUGHT_UP_MS
            source.tick_ms = LIVE_TICK_MS if self._caught_up else CATCHING_UP_TICK_MS
            self._send(source.upto(min(horizon, source.at + _STRETCH_MS)))
            self._notes.moved(source.at)
            self._note(now)
            if source.at >= horizon and not source.ended:
                clock.wait(_WAIT_MS)
        self._deliver(clock.now_ms())
        if self._ledger is not None:
            self._ledger.add(source.simulation.open.values())

    def health(self) -> Health:
        now, at = self._clock.now_ms(), self._source.at
        return Health(
            process="simulate", instance=f"{self._source.simulation.run.source}-{os.getpid()}",
            at=now, started_at=self._started_at, ready=self._caught_up,
            state="running" if self._caught_up else "catching_up", pid=os.getpid(),
            ages_s={"last_event": max(0, now - at) / SECOND},
            totals={"calls": self.calls, "agents": self.agents},
        )  # fmt: skip

    def _send(self, delivered: Sequence[Delivered]) -> None:
        sink = self._sink
        for topic, event in delivered:
            if isinstance(event, Mark):
                sink.send_mark(topic, event)
            elif isinstance(event, Spoiled):
                sink.send_bytes(topic, event.key, event.value)
            elif isinstance(event, AgentState):
                sink.send_agent(event)
                self.agents += 1
            else:
                sink.send_call(event)
                self.calls += 1
        complete = self._source.simulation.complete
        if self._ledger is not None and complete:
            self._ledger.add(complete)
            complete.clear()

    def _note(self, now: int) -> None:
        sent = self.calls + self.agents
        busy = sent - self._noted_sent >= _NOTED_AFTER
        if busy or (self._caught_up and now - self._noted_at >= _NOTED_EVERY_MS):
            self._deliver(now)

    def _deliver(self, now: int) -> None:
        self._sink.flush()
        self._notes.delivered(self._source.at)
        self._noted_at, self._noted_sent = now, self.calls + self.agents
