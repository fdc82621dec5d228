"""The units that this worker owns: applying records, checkpoints, and giving the units up."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from schemas.targets import TargetsVersion
from streams.core.unit import SnapshotSource, Unit
from streams.wiring.consumer import Partition
from streams.wiring.options import StreamOptions
from streams.wiring.telemetry import Telemetry
from streams.wiring.transactions import CheckpointWriter

EARLY_AFTER = 16_000  # applied records after which a checkpoint does not wait for the next round
# Ticks of a quiet night move nothing but a unit's cursor. Written each time, they were most of what a worker and Kafka
# did; written this late, a crash has as many seconds of ticks read again.
# A little more than the 5 s after which a unit of `calls` is pressing, since it tells a clock: else many were written twice.
QUIET_EVERY_S = 6.0
PARALLEL = 4  # transactions at a time: more are not faster on two cores

log = logging.getLogger(__name__)


class CountingUnit(Unit, Protocol):
    """A unit that counts its records since the state began."""

    results: dict[str, int]  # records by result: applied, duplicate, quarantined
    reasons: dict[str, int]  # quarantined records by reason


class CallsUnit(CountingUnit, SnapshotSource, Protocol):
    """A unit of `calls`: it also feeds boards and exporters."""


@dataclass(frozen=True, slots=True)
class UnitFactories:
    """Make an empty unit from `(partition number, epoch of the topics)`; one factory per input topic."""

    calls: Callable[[int, int], CallsUnit]
    agents: Callable[[int, int], CountingUnit]
    reports: Callable[[int, int], CountingUnit]
    rebuild: Mapping[str, Callable[[int, int], Any]] = field(
        default_factory=dict
    )  # by input: streams.wiring.rebuilding.Rebuilder


class PoisonedError(Exception):
    """A checkpoint failed: the units are ahead of the log, and nothing more may be written from them."""


class Hole(NamedTuple):
    """Records are missing before those that were fetched: `expected` is the first missing offset."""

    expected: int
    got: int


class OwnedUnit:
    """One unit, its writer, and how far it is durable."""

    def __init__(
        self, partition: Partition, name: str, unit: CountingUnit, source: CallsUnit | None
    ) -> None:
        self.partition = partition
        self.name = name  # of the input topic, without namespace
        self.unit = unit
        self.source = source
        self.writer: CheckpointWriter | None = None
        self.durable: int = 0
        self.results: dict[str, int] = {}  # as of the last committed checkpoint, like every total
        self.reasons: dict[str, int] = {}
        self.applied_to: int | None = None  # the broker's time of the newest record applied, in ms
        self.not_checkpointed = 0  # records applied since the last checkpoint began
        self.running: asyncio.Task[None] | None = None
        self.began = 0.0  # the last checkpoint, on the clock of `time.monotonic`

    @property
    def label(self) -> str:
        """`calls-0`: without namespace."""
        return f"{self.name}-{self.partition.number}"

    @property
    def next_offset(self) -> int:
        if self.unit.next_offset is None:
            raise RuntimeError(f"{self.partition} was not started")
        return self.unit.next_offset

    def started(self, first: int) -> None:
        """Call it when all state was loaded: what the state contains is durable."""
        self.unit.start(first)
        self.durable = self.next_offset
        self.results, self.reasons = dict(self.unit.results), dict(self.unit.reasons)

    def apply(self, records: list[Any]) -> Hole | int:
        """Apply those of the consecutive records that are new; return how many, or the hole before them."""
        wanted, first, last = self.next_offset, records[0].offset, records[-1].offset
        if first > wanted or last - first + 1 != len(records):
            return Hole(wanted, first)
        new = records[max(0, wanted - first) :]
        if new:
            self.apply_committed(new)
        return len(new)

    def apply_committed(self, records: list[Any]) -> None:
        """Apply the records that follow `next_offset`; offsets between them may be those of markers."""
        self.unit.apply(records)
        self.applied_to = records[-1].timestamp
        self.not_checkpointed += len(records)


class Units:
    """The units by partition, and whether records may be applied to them (`ready`).

    `revocations` is counted so that a recovery which began before the newest one can see that.
    """

    def __init__(
        self, options: StreamOptions, telemetry: Telemetry, fail: Callable[[BaseException], None]
    ) -> None:
        self._options = options
        self._telemetry = telemetry
        self._fail = fail
        self._slots = asyncio.Semaphore(PARALLEL)
        self._poisoned = False
        self.owned: dict[Partition, OwnedUnit] = {}
        self._sources: list[CallsUnit] = []
        self.ready = False
        self.revocations = 0

    def install(self, units: Iterable[OwnedUnit]) -> None:
        self.owned = {each.partition: each for each in units}
        in_order = [self.owned[each] for each in sorted(self.owned)]
        self._sources = [each.source for each in in_order if each.source is not None]
        self.ready = True

    def get(self, partition: Partition) -> OwnedUnit | None:
        return self.owned.get(partition) if self.ready else None

    def sources(self) -> list[CallsUnit]:
        """The units of `calls`, in order of their partitions; none before recovery is done."""
        return self._sources if self.ready else []

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        for owned in self.owned.values():
            owned.unit.set_targets(versions)

    def begin_checkpoints(self) -> None:
        """Start a checkpoint of every unit that is pressing, or was not written for a while, and has none under way."""
        for owned in list(self.owned.values()):
            if owned.unit.is_pressing or time.monotonic() - owned.began >= QUIET_EVERY_S:
                self._begin(owned)

    async def checkpoint_early(self, owned: OwnedUnit) -> None:
        """Keep transactions small in a backlog: begin a checkpoint early, after the one under way."""
        if owned.not_checkpointed <= EARLY_AFTER:
            return
        if owned.running is not None and not owned.running.done():
            await asyncio.wait([owned.running])
        if self.get(owned.partition) is owned:
            self._begin(owned)

    async def checkpoint_all(self) -> None:
        """Make every unit durable as it is now; PoisonedError if an earlier checkpoint failed."""
        running = [each.running for each in self.owned.values() if each.running is not None]
        if running:
            await asyncio.wait(running)
        if self._poisoned:
            raise PoisonedError("an earlier checkpoint failed")
        await asyncio.gather(*[self._checkpoint(each) for each in self.owned.values()])

    async def drop(self) -> None:
        """Forget all units, as at a revocation; the next owner reads them from topic `state`."""
        self.ready = False
        self.revocations += 1
        dropped, self.owned, self._sources = list(self.owned.values()), {}, []
        await asyncio.gather(*[each.writer.close() for each in dropped if each.writer is not None])

    def _begin(self, owned: OwnedUnit) -> None:
        if self.ready and (owned.running is None or owned.running.done()):
            owned.began = time.monotonic()
            owned.running = asyncio.create_task(self._guarded(owned))

    async def _guarded(self, owned: OwnedUnit) -> None:
        try:
            await self._checkpoint(owned)
        except Exception as error:  # noqa: BLE001  any error of a checkpoint ends the worker
            self._fail(error)

    async def _checkpoint(self, owned: OwnedUnit) -> None:
        try:
            async with self._slots:
                await self._write(owned)
        except BaseException:
            # The unit has already handed out its changes. If this attempt was cancelled or failed, the
            # next checkpoint would move the cursor past changes that never reached the log.
            self._poisoned, self.ready = True, False
            raise

    async def _write(self, owned: OwnedUnit) -> None:
        if self._poisoned or owned.writer is None:
            raise PoisonedError(f"no more checkpoints of {owned.label}")
        began = time.monotonic()
        unit, reached, owned.not_checkpointed = owned.unit, owned.next_offset, 0
        results, reasons = dict(unit.results), dict(unit.reasons)
        checkpoint = unit.checkpoint()
        if checkpoint is None:
            return
        try:
            async with asyncio.timeout(self._options.transaction_s):
                records = await owned.writer.write(checkpoint, reached)
        except TimeoutError:
            raise TimeoutError(
                f"Kafka did not take the checkpoint of {owned.label}"
                f" within {self._options.transaction_s:g} s"
            ) from None
        owned.durable, owned.results, owned.reasons = reached, results, reasons
        if owned.source is not None:
            owned.source.commit_done()
        self._telemetry.count_checkpoint(records, time.monotonic() - began)
