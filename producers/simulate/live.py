"""A simulation as a live platform: its events up to now, and its position."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec.structs import asdict, replace

from producers.contract import (
    Addressed,
    Health,
    LiveItem,
    LiveReader,
    LiveRecord,
    LiveSource,
    RawRecord,
    ReadSoFar,
    Sent,
)
from producers.following import FollowerClock
from producers.pace import Pace
from producers.simulate.engine import Simulation
from producers.simulate.ledger import Ledger
from producers.simulate.position import Position
from producers.simulate.source import CATCHING_UP_TICK_MS, LIVE_TICK_MS
from schemas.agents import AgentState
from schemas.calls import LegFact, Mark, SourceMark
from schemas.millis import MINUTE, SECOND

CAUGHT_UP_MS = 5 * SECOND
_STRETCH_MS = (
    5 * MINUTE
)  # longest time that is simulated in one batch; signals and progress come between batches

Reported = tuple[str, LegFact | SourceMark | AgentState | RawRecord]  # topic, and what goes there


class Feed(Protocol):
    """A source, or a source with faults."""

    tick_ms: int

    @property
    def simulation(self) -> Simulation: ...
    @property
    def at(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    def upto(self, to: int) -> Sequence[Reported]: ...


class Bookkeeping(Protocol):
    """Called for each event after it was handed to the publisher."""

    def delivered(
        self, topic: str, event: LegFact | SourceMark | AgentState | RawRecord, broker_at: int
    ) -> None: ...


class SimulatedCentre(LiveSource):
    """`first` is sent before anything else; `ledger` and `bookkeeping` record what was sent."""

    poll_ms = 100
    ticks_itself = True
    survives_kafka = False  # events are not kept and cannot be made again in this run

    def __init__(
        self,
        feed: Feed,
        position: Position,
        clock: FollowerClock,
        pace: Pace,
        *,
        first: Sequence[Reported] = (),
        ledger: Ledger | None = None,
        bookkeeping: Bookkeeping | None = None,
    ) -> None:
        run = feed.simulation.run
        self.source, self.key = run.source, run.key
        self.feed, self.position, self.clock, self.pace = feed, position, clock, pace
        self.first, self.ledger, self.bookkeeping = first, ledger, bookkeeping
        self.is_behind = True
        if ledger is not None:
            feed.simulation.complete = []

    def open(self, snapshot: bytes | None, say: Callable[[str], None]) -> LiveReader:  # noqa: ARG002 - the feed has the position
        return SimulationReader(self, say)

    @property
    def instance(self) -> str:
        return f"{self.source}-{os.getpid()}"

    def health(self, sent: Sent) -> Health:
        behind_s = max(0, self.clock.now_ms() - self.feed.at) / SECOND
        totals = {"calls": sent.calls, "agents": sent.agents}
        return Health(self.is_behind, {"last_event": behind_s}, totals)

    def finish(self) -> None:
        """Write open legs into the ledger, too."""
        if self.ledger is not None:
            self.ledger.add(self.feed.simulation.open.values())


class SimulationReader(LiveReader):
    """Reads the feed from its position to its end."""

    def __init__(self, centre: SimulatedCentre, say: Callable[[str], None]) -> None:
        self._centre, self._say, self._first = centre, say, centre.first
        self._began, self._began_at = centre.clock.now_ms(), centre.feed.at
        self._catches_up = self._began - self._began_at > MINUTE  # no message for less
        self.has_ended = centre.feed.ended

    def next_batch(self, now: int) -> Sequence[LiveRecord] | None:
        centre, feed = self._centre, self._centre.feed
        horizon = centre.pace.horizon(now)
        centre.is_behind = now - feed.at > CAUGHT_UP_MS
        if self._catches_up and not centre.is_behind:
            self._catches_up = False
            self._say(f"caught up with now after {(now - self._began) / SECOND:.1f} s")
        if feed.at >= horizon and not self._first:
            return None
        feed.tick_ms = CATCHING_UP_TICK_MS if centre.is_behind else LIVE_TICK_MS
        reported = [*self._first, *feed.upto(min(horizon, feed.at + _STRETCH_MS))]
        self._first, self.has_ended = (), feed.ended
        return (LiveRecord(self._items(reported)),)

    def snapshot(self) -> dict[str, object]:
        return asdict(replace(self._centre.position, at=self._centre.feed.at))

    def close(self) -> None:
        """Nothing to close."""

    def read_so_far(self) -> ReadSoFar | None:
        if not self._catches_up:
            return None
        done, total = self._centre.feed.at - self._began_at, self._began - self._began_at
        return ReadSoFar("catching up", done // SECOND, total // SECOND, "s")

    def _items(self, reported: Sequence[Reported]) -> Iterator[LiveItem]:
        """The next item is made after the one before was handed to the publisher."""
        centre = self._centre
        for topic, event in reported:
            yield Addressed(topic, event) if isinstance(event, Mark | RawRecord) else event
            if centre.bookkeeping is not None:
                centre.bookkeeping.delivered(topic, event, centre.clock.now_ms())
        complete = centre.feed.simulation.complete
        if centre.ledger is not None and complete:
            centre.ledger.add(complete)
            complete.clear()
