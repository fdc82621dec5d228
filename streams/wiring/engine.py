"""The engine: applies chunks, writes checkpoints, and takes and gives up partitions."""

import asyncio
import logging
from collections.abc import Callable

from streams.wiring.across_feed import AcrossFeed, AcrossSink
from streams.wiring.consumer import Chunk, Consumer, Partition
from streams.wiring.deadlines import LAST_CHECKPOINT_S
from streams.wiring.options import BACKLOG, INPUTS, REPORTS, StreamOptions
from streams.wiring.profiles_feed import ProfilesFeed, ProfilesSink
from streams.wiring.recovery import Recovery
from streams.wiring.reports_feed import ReportsFeed
from streams.wiring.roster_feed import RosterFeed, RosterSink
from streams.wiring.snapshots import SnapshotPublisher
from streams.wiring.tail_watchdog import CHECK_EVERY_S, TailWatchdog
from streams.wiring.targets_feed import TargetsFeed
from streams.wiring.telemetry import Telemetry
from streams.wiring.units import Hole, OwnedUnit, UnitFactories, Units

_CHECKPOINT_IN_BACKLOG_EVERY_S = 4.0
_HOLES_AT_ONE_OFFSET = (
    5  # after more, the records do not exist; a lost fetch would have been repeated
)

log = logging.getLogger(__name__)


class HoleError(Exception):
    """Records of an input are missing for good."""


class Engine:
    """Everything of a worker except its consumer; a streams.wiring.consumer.ConsumerListener.

    `failure` holds the first error that must end the worker.
    """

    def __init__(
        self,
        options: StreamOptions,
        factories: UnitFactories,
        roster: RosterSink,
        profiles: ProfilesSink,
        across: AcrossSink,
        now: Callable[[], int],
    ) -> None:
        self.options = options
        self.now = now
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.telemetry = Telemetry(now)
        self.units = Units(options, self.telemetry, self.fail)
        self.targets = TargetsFeed(options, self.units.set_targets)
        self.roster = RosterFeed(options, roster)
        self.profiles = ProfilesFeed(options, profiles)
        self.across = AcrossFeed(options, across)
        read_whole = [feed.tail for feed in (self.targets, self.roster, self.profiles, self.across)]
        self.recovery = Recovery(options, self.units, factories, self.targets, read_whole)
        self.reports = ReportsFeed(options, self.units, self.telemetry)
        self.snapshots = SnapshotPublisher(options, now, self.units.sources, self.total_lag)
        self.tail_watchdog = TailWatchdog(self._highwater, self._seek)
        self._consumer: Consumer | None = None  # from the first assignment on
        self._holes: dict[Partition, tuple[int, int]] = {}  # the offset, and how often in a row

    def fail(self, error: BaseException) -> None:
        """End the worker with the first error; its supervisor starts another."""
        self.units.ready = False
        if not self.failure.done():
            self.failure.set_exception(error)

    # ---- what the consumer asks and tells (consumer.ConsumerListener) --------------------------

    def owned(self) -> list[Partition]:
        """Those that the group assigns."""
        return [each.partition for each in self._of_group()]

    def _of_group(self) -> list[OwnedUnit]:
        return [each for each in self.units.owned.values() if each.name in INPUTS]

    def durable(self, partition: Partition) -> int | None:
        owned = self.units.owned.get(partition)
        return None if owned is None else owned.durable

    def resume_at(self) -> dict[Partition, int]:
        if not self.units.ready:
            return {}
        return {owned.partition: owned.next_offset for owned in self._of_group()}

    async def on_assigned(self, consumer: Consumer) -> None:
        """Recover every unit of the assignment before anything is fetched for it."""
        self.telemetry.assignments += 1
        self._consumer = consumer
        try:
            await self.recovery.run(consumer.assignment(), consumer.generation)
        except Exception as error:
            self.fail(error)
            raise

    async def on_revoked(self) -> None:
        """Write a last checkpoint, or end the worker if that fails; then forget the units."""
        self.units.ready = False
        if self.units.owned:
            try:
                await self.checkpoint_and_commit()
            except Exception as error:  # noqa: BLE001  the units are ahead of the log: do not go on
                self.fail(error)
        await self.units.drop()

    async def on_chunk(self, partition: Partition, chunk: Chunk) -> None:
        """Apply the chunk if the unit is owned and the chunk continues it.

        Which fetch and which assignment it comes from does not matter.
        """
        owned = self.units.get(partition)
        if owned is None:
            return
        try:
            applied = owned.apply(chunk.records)
        except Exception as error:
            self.fail(error)  # the core quarantines bad events itself, so this is a bug of ours
            raise
        if isinstance(applied, Hole):
            await self._on_hole(partition, applied, chunk.seeks)
            return
        self.telemetry.count_chunk(owned.name, len(chunk.records), applied)
        if applied:
            self.snapshots.changed()
            await self.units.checkpoint_early(owned)

    # ---- what the runner calls -----------------------------------------------------------------

    async def checkpoint_and_commit(self) -> None:
        """Make everything applied durable, then report the offsets to the group."""
        async with asyncio.timeout(LAST_CHECKPOINT_S):
            await self.units.checkpoint_all()
            if self._consumer is not None and self.units.owned:
                await self._consumer.commit()

    async def checkpoint_for_ever(self) -> None:
        every_s, slept_s = self.options.checkpoint_every_s, 0.0
        while True:
            await asyncio.sleep(every_s)
            slept_s += every_s
            # In a backlog nobody waits for outputs, and fewer checkpoints write fewer versions of a
            # leg. Once the backlog is done, the usual interval applies again.
            if slept_s < _CHECKPOINT_IN_BACKLOG_EVERY_S and self.total_lag() > BACKLOG:
                continue
            slept_s = 0.0
            self.units.begin_checkpoints()
            if self.units.ready:
                self.telemetry.checkpointed_at = self.now()

    async def watch_tails(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            await self.tail_watchdog.check(self.resume_at())

    # ---- what health and `/metrics` read -------------------------------------------------------

    def positions(self) -> dict[str, int]:
        """Durable next offset by `calls-0`, without namespace."""
        return {owned.label: owned.durable for _, owned in sorted(self.units.owned.items())}

    def lag(self) -> dict[str, int]:
        """Records not yet applied, by `calls-0`, up to the end that the newest fetch reported."""
        return {owned.label: self._behind(owned) for _, owned in sorted(self.units.owned.items())}

    def _behind(self, owned: OwnedUnit) -> int:
        if owned.name == REPORTS:
            return self.reports.behind
        return max(0, (self._highwater(owned.partition) or 0) - owned.next_offset)

    def lag_s(self) -> dict[str, float]:
        """Age of the newest applied record while more records wait, else 0, by `calls-0`.

        A partition is absent while records wait and none was applied since the assignment.
        """
        now, waiting, ages = self.now(), self.lag(), {}
        for _, owned in sorted(self.units.owned.items()):
            if not waiting[owned.label]:
                ages[owned.label] = 0.0
            elif owned.applied_to is not None:
                ages[owned.label] = max(0, now - owned.applied_to) / 1000
        return ages

    def total_lag(self) -> int:
        return sum(map(self._behind, self.units.owned.values()))

    def _highwater(self, partition: Partition) -> int | None:
        return None if self._consumer is None else self._consumer.highwater(partition)

    async def _on_hole(self, partition: Partition, hole: Hole, seeks: int) -> None:
        """Fetched records were lost on the way: seek back to the unit's next offset."""
        if self._consumer is None or seeks != self._consumer.seeks(partition):
            return  # this chunk was fetched before the newest seek: that seek repairs it
        offset, times = self._holes.get(partition, (-1, 0))
        times = times + 1 if offset == hole.expected else 1
        self._holes[partition] = hole.expected, times
        self.telemetry.holes += 1
        if times > _HOLES_AT_ONE_OFFSET:
            error = HoleError(
                f"{partition}: records {hole.expected} to {hole.got - 1} do not exist"
            )
            self.fail(error)
            raise error
        await self._seek(partition, hole.expected)

    async def _seek(self, partition: Partition, offset: int) -> None:
        if self._consumer is not None:
            await self._consumer.seek(partition, offset)
