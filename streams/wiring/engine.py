"""The engine: applies chunks, checkpoints, and gives way; every call of Faust's ends up here."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiokafka.errors import IllegalStateError
from faust.types import TP

from streams.wiring.figures import Figures
from streams.wiring.options import INPUTS, StreamOptions
from streams.wiring.recovery import Recovery
from streams.wiring.roster_feed import RosterFeed, RosterSink
from streams.wiring.snapshots import BACKLOG, SnapshotPublisher
from streams.wiring.targets_feed import TargetsFeed
from streams.wiring.transport import BatchConsumer, Chunk
from streams.wiring.units import Hole, UnitFactories, Units
from streams.wiring.watchdogs import TailWatchdog

LAST_CHECKPOINT_S = 8.0  # less than runner.LEAVE_WITHIN_S: time to say that there was none
_IN_BACKLOG_S = 4.0
_HOLES_AT_ONE_PLACE = 5  # more is no lost fetch: the records do not exist

log = logging.getLogger(__name__)


class HoleError(Exception):
    """Records of an input are missing for good."""


class Engine:
    """Everything of a worker but Faust itself. `failure` is set by whatever must end the worker."""

    def __init__(
        self,
        options: StreamOptions,
        factories: UnitFactories,
        roster: RosterSink,
        now: Callable[[], int],
    ) -> None:
        self.options = options
        self.now = now
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.figures = Figures(now)
        self.units = Units(options, self.figures, self.fail)
        self.targets = TargetsFeed(options, self.units.set_targets)
        self.roster = RosterFeed(options, roster)
        self.recovery = Recovery(options, self.units, factories, self.targets, self.roster)
        self.snapshots = SnapshotPublisher(options, now, self.units.sources, self.total_lag)
        self.tail_watchdog = TailWatchdog(self.highwater, self._seek)
        self.consumer: BatchConsumer | None = None
        self._holes: dict[TP, tuple[int, int]] = {}

    def fail(self, error: BaseException) -> None:
        """End the worker with the first error; its supervisor starts another."""
        self.units.ready = False
        if not self.failure.done():
            self.failure.set_exception(error)

    # What the transport asks (transport.Positions).

    def owned(self) -> list[TP]:
        return list(self.units.owned)

    def durable(self, tp: TP) -> int | None:
        owned = self.units.owned.get(tp)
        return None if owned is None else owned.durable

    def resume_at(self) -> dict[TP, int]:
        if not self.units.ready:
            return {}
        return {tp: owned.next_offset for tp, owned in self.units.owned.items()}

    async def revoke(self) -> None:
        """A last checkpoint in time or the end of the worker; then nothing is left in memory."""
        self.units.ready = False
        if self.units.owned:
            try:
                await self.settle()
            except Exception as error:  # noqa: BLE001  whatever it was, this memory must not go on
                self.fail(error)
        await self.units.drop()

    # What the processors and the runner call.

    async def on_chunk(self, tp: TP, chunk: Chunk) -> None:
        """Apply one chunk: ownership and contiguity decide, never who fetched it or when."""
        owned = self.units.get(tp)
        if owned is None:
            return
        try:
            applied = owned.apply(chunk.records)
        except Exception as error:
            self.fail(error)  # the core isolates bad events: this is a bug of ours
            raise
        if isinstance(applied, Hole):
            await self._on_hole(tp, applied, chunk.seeks)
            return
        self.figures.applying(owned.name, len(chunk.records), applied)
        if applied:
            self._holes.pop(tp, None)
            await self.units.relieve(owned)

    async def settle(self) -> None:
        """Everything applied is durable, and the group knows."""
        async with asyncio.timeout(LAST_CHECKPOINT_S):
            await self.units.checkpoint_all()
            if self.consumer is not None and self.units.owned:
                await self.consumer.commit_now()

    async def recover(self, app: Any) -> None:
        """Called when a rebalance is complete, before Faust resumes and seeks."""
        self.figures.assignments += 1
        consumer = self.consumer = app.consumer
        try:
            await self.recovery.run(consumer.assignment(), lambda: int(app.consumer_generation_id))
        except Exception as error:
            self.fail(error)
            raise

    async def checkpoint_for_ever(self) -> None:
        every_s, slept_s = self.options.checkpoint_every_s, 0.0
        while True:
            await asyncio.sleep(every_s)
            slept_s += every_s
            # In a backlog nobody waits for a checkpoint, and fewer ones write fewer versions; at its
            # end somebody does.
            if slept_s < _IN_BACKLOG_S and self.total_lag() > BACKLOG:
                continue
            slept_s = 0.0
            self.units.begin_checkpoints()
            if self.units.ready:
                self.figures.round_at = self.now()

    async def watch_tails(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self.tail_watchdog.look(self.resume_at())

    # What others read.

    def positions(self) -> dict[str, int]:
        """Durable next offset by `calls-0`, without namespace."""
        return {self._label(tp): owned.durable for tp, owned in sorted(self.units.owned.items())}

    def lag(self) -> dict[str, int]:
        """Records not yet applied, by `calls-0`, as far as the newest fetch told."""
        return {
            self._label(tp): max(0, (self.highwater(tp) or 0) - owned.next_offset)
            for tp, owned in sorted(self.units.owned.items())
        }

    def lag_s(self) -> dict[str, float]:
        """How old the newest applied record is where others wait behind it, else 0, by `calls-0`.

        Absent while nothing was applied since the assignment.
        """
        now, waiting, ages = self.now(), self.lag(), {}
        for tp, owned in sorted(self.units.owned.items()):
            label = self._label(tp)
            if not waiting[label]:
                ages[label] = 0.0
            elif owned.applied_to is not None:
                ages[label] = max(0, now - owned.applied_to) / 1000
        return ages

    def total_lag(self) -> int:
        return sum(self.lag().values())

    def highwater(self, tp: TP) -> int | None:
        try:
            return self.consumer.highwater(tp) if self.consumer is not None else None
        except IllegalStateError:  # not assigned just now
            return None

    def _label(self, tp: TP) -> str:
        name = next(name for name in INPUTS if self.options.topic(name) == tp.topic)
        return f"{name}-{tp.partition}"

    async def _on_hole(self, tp: TP, hole: Hole, seeks: int) -> None:
        """Faust dropped records that it had fetched: go back to the unit's own place."""
        consumer = self.consumer
        if consumer is None or seeks != consumer.seeks[tp]:
            return  # fetched before the newest seek
        at, times = self._holes.get(tp, (-1, 0))
        times = times + 1 if at == hole.expected else 1
        self._holes[tp] = hole.expected, times
        self.figures.holes += 1
        if times > _HOLES_AT_ONE_PLACE:
            error = HoleError(
                f"{tp.topic}-{tp.partition}: records {hole.expected} to {hole.got - 1} do not exist"
            )
            self.fail(error)
            raise error
        await self._seek(tp, hole.expected)

    async def _seek(self, tp: TP, offset: int) -> None:
        if self.consumer is None:
            return
        try:
            await self.consumer.seek_again(tp, offset)
        except IllegalStateError:  # revoked meanwhile: the next assignment seeks anyway
            log.info("no seek in %s-%d: not assigned", tp.topic, tp.partition)
