"""From an assignment to units that may apply records: fence the former owner, read the state, install.

Nothing is published before the units are installed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition

from streams.core.rebuild import DamagedError
from streams.core.unit import UnreadablePieceError
from streams.plumbing.kafka_problems import more_than_state
from streams.plumbing.partitions import partition_of
from streams.plumbing.topic_reading import begin, reader
from streams.wiring.consumer import Partition
from streams.wiring.options import INPUTS, REPORTS, StreamOptions
from streams.wiring.reading import FETCH_WAIT_MS, TopicTail, log_ends, read_until, topic_partitions
from streams.wiring.rebuilding import Rebuilder, rebuild
from streams.wiring.targets_feed import TargetsFeed
from streams.wiring.transactions import CheckpointWriter
from streams.wiring.units import OwnedUnit, UnitFactories, Units

log = logging.getLogger(__name__)


class StateError(Exception):
    """State and input contradict each other; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Runs between an assignment and its first fetch; heartbeats go on in their own thread meanwhile."""

    options: StreamOptions
    units: Units
    factories: UnitFactories
    targets: TargetsFeed
    read_whole: Sequence[TopicTail]  # topics without which nothing may be decided
    rebuilt: set[Partition] = field(default_factory=set)  # by this worker: once each

    async def run(self, assignment: Iterable[Partition], generation: Callable[[], int]) -> None:
        """Install units for `assignment`, or nothing if a newer assignment came meanwhile (`generation`).

        It works on local values and installs at the end, so that a superseded run changes nothing.
        """
        begun_in = self.units.revocations, generation()

        def superseded() -> bool:
            return begun_in != (self.units.revocations, generation())

        began = time.monotonic()
        async with asyncio.timeout(self.options.recovered_within_s):
            mine = await self._recover(sorted(assignment), superseded)
        if mine is None or superseded():
            log.info("assignment superseded while recovering")
            await asyncio.gather(*[each.writer.close() for each in mine or () if each.writer])
            return
        self.units.install(mine)
        log.info("ready: %d partitions, recovered in %.1f s", len(mine), time.monotonic() - began)

    async def _recover(
        self, assignment: list[Partition], superseded: Callable[[], bool]
    ) -> list[OwnedUnit] | None:
        await asyncio.gather(*[tail.caught_up() for tail in self.read_whole])
        if superseded():  # fencing now would shut out the present owner of the partitions
            return None
        mine = [self._empty(partition) for partition in self._with_reports(assignment)]
        if not mine:
            return mine
        partitions = await self._partitions()
        await asyncio.gather(*[self._fence(each) for each in mine])
        if not await self._load(mine, superseded):
            await asyncio.gather(*[each.writer.close() for each in mine if each.writer])
            return None
        await self._start(mine, partitions)
        return mine

    async def _partitions(self) -> int:
        """Of `calls`. StateError if the state is made for another number."""
        calls = await topic_partitions(self.options.bootstrap, self.options.topic("calls"))
        made_for = self.targets.topics.partitions
        if made_for is not None and made_for != len(calls):
            raise StateError(more_than_state(len(calls), made_for))
        return len(calls)

    def _with_reports(self, assignment: list[Partition]) -> list[Partition]:
        """The group does not assign `reports`: it goes with the first partition of `calls`."""
        if Partition(self.options.topic("calls"), 0) not in assignment:
            return assignment
        return [*assignment, Partition(self.options.topic(REPORTS), 0)]

    def _empty(self, partition: Partition) -> OwnedUnit:
        names = {self.options.topic(name): name for name in (*INPUTS, REPORTS)}
        name, epoch = names[partition.topic], self.targets.epoch
        if name == "calls":
            unit = self.factories.calls(partition.number, epoch)
            return OwnedUnit(partition, name, unit, unit)
        made = self.factories.reports if name == REPORTS else self.factories.agents
        return OwnedUnit(partition, name, made(partition.number, epoch), None)

    async def _fence(self, owned: OwnedUnit) -> None:
        writer = CheckpointWriter(self.options, owned.name, owned.partition.number)
        await writer.open()
        owned.writer = writer

    async def _load(self, mine: list[OwnedUnit], superseded: Callable[[], bool]) -> bool:
        """Read every piece of state up to the end of the log; call it after fencing, so that the end stays."""
        by_number: dict[int, list[OwnedUnit]] = {}
        for owned in mine:
            by_number.setdefault(owned.partition.number, []).append(owned)
        topic = self.options.topic("state")
        ends = await log_ends(
            self.options.bootstrap, [TopicPartition(topic, number) for number in by_number]
        )

        rebuilders = self._rebuilders(mine)

        def take(record: Any) -> None:
            for owned in by_number[record.partition]:
                taker = rebuilders.get(owned.partition, owned.unit)
                try:
                    taker.load(record.key, record.value)
                except UnreadablePieceError as error:
                    raise _damaged(owned, error) from error

        log.info("reading the state of %d partitions", len(ends))
        async with reader(self.options.bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
            await begin(consumer, ends)
            if not await read_until(consumer, ends, take, superseded):
                return False
        return await self._rebuild(mine, rebuilders, superseded)

    def _rebuilders(self, mine: list[OwnedUnit]) -> dict[Partition, Rebuilder]:
        made = self.factories.rebuild
        if not self.options.rebuild_state:
            return {}
        return {
            owned.partition: made[owned.name](owned.partition.number, self.targets.epoch)
            for owned in mine
            if owned.name in made and owned.partition not in self.rebuilt
        }

    async def _rebuild(
        self,
        mine: list[OwnedUnit],
        rebuilders: dict[Partition, Rebuilder],
        superseded: Callable[[], bool],
    ) -> bool:
        for owned in mine:
            if owned.partition not in rebuilders:
                continue
            rebuilder = rebuilders[owned.partition]
            try:
                done = await rebuild(
                    self.options.bootstrap, owned, rebuilder, self.targets, superseded
                )
            except DamagedError as error:
                raise StateError(str(error)) from None
            if not done:
                return False
            self.rebuilt.add(owned.partition)
        return True

    async def _start(self, mine: list[OwnedUnit], partitions: int) -> None:
        inputs = {each.partition: _topic_partition(each.partition) for each in mine}
        async with reader(self.options.bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
            firsts = await consumer.beginning_offsets(list(inputs.values()))
            lasts = await consumer.end_offsets(list(inputs.values()))
        versions = self.targets.versions
        for owned in mine:
            if owned.source is not None:
                owned.source.set_home(_home_of(owned.partition.number, partitions))
            first, last = self._first(owned, firsts), lasts[inputs[owned.partition]]
            owned.unit.set_targets(versions)
            try:
                owned.started(first)
            except UnreadablePieceError as error:
                raise _damaged(owned, error) from error
            _check_cursor(owned, first, last)

    def _first(self, owned: OwnedUnit, firsts: Mapping[TopicPartition, int]) -> int:
        """The first record that is counted in this partition."""
        topics, number = self.targets.topics, owned.partition.number
        return max(
            firsts[_topic_partition(owned.partition)], topics.counted_from_at(owned.name, number)
        )


def _home_of(number: int, partitions: int) -> Callable[[str], bool]:
    return lambda queue: partition_of(queue.encode(), partitions) == number


def _topic_partition(partition: Partition) -> TopicPartition:
    return TopicPartition(partition.topic, partition.number)


def _damaged(owned: OwnedUnit, error: UnreadablePieceError) -> StateError:
    remedy = "start once with --rebuild-state"
    if owned.name == "agents":
        remedy = "delete topic `state` (docs/operator.md, Making the state anew)"
    return StateError(
        f"the state of {owned.label} is damaged, {error}; nothing is counted on top of it: {remedy}"
    )


def _check_cursor(owned: OwnedUnit, first: int, last: int) -> None:
    """The cursor must lie within the log of the input."""
    cursor = owned.next_offset
    if cursor > last:
        raise StateError(
            f"the state of {owned.partition} goes to offset {cursor}, but the"
            f" topic ends at {last}: it was made anew without its topic `state`; delete that too"
            " and run `queuewatch topics create`"
        )
    if cursor < first:
        # In `reports` it may be a marker alone: the cursor stands before it until the next record comes.
        log.log(
            logging.INFO if owned.name == REPORTS else logging.ERROR,
            "%s: records %d to %d were deleted before they were counted (retention)",
            owned.partition,
            cursor,
            first - 1,
        )
        owned.unit.next_offset = owned.durable = first
