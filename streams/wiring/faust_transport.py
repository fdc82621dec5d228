"""Faust's transport in batches: one message carries a chunk of records of one partition.

As shipped Faust spends 100 microseconds an event in front of the processor; this brings it to 4. Names
that begin with an underscore are Faust's own: tests/contract/test_faust_names.py asserts that they
exist in the pinned release. The order of the calls here was found by killing workers and brokers.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, cast

import faust
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.wiring.consumer import Chunk, ConsumerListener, Partition

FETCH_WAIT_MS = 20  # Faust's 1,500 delays every sparse partition by as much
CHUNK = 2_000  # records handed to `apply` at once: in a backlog the loop is held for some 30 ms
NAP_S = 0.010  # between fetches of sparse traffic: 4 ms more latency for half of the CPU
_BUSY = CHUNK // 4  # a fetch of as many records is a backlog: no nap then

# Faust logs its services, stacks included, under the module of their class: not as lines of ours.
_LOGGER = logging.getLogger("faust.worker")

log = logging.getLogger(__name__)


def partition_of(tp: TP) -> Partition:
    return Partition(tp.topic, tp.partition)


def tp_of(partition: Partition) -> TP:
    return TP(partition.topic, partition.number)


class _NoReadOffset(defaultdict[TP, int | None]):
    """Faust's `_read_offset`, never set: its drain loop would drop records that a seek asked for again."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def __setitem__(self, tp: TP, offset: int | None) -> None:
        """Ignored: the unit's next offset does that job."""

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Ignored, as above."""


class BatchConsumer(driver.Consumer):
    """Offsets come from the units, never from acknowledgements; events are never acknowledged."""

    logger = _LOGGER
    listener: ConsumerListener

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = _NoReadOffset()
        self.listener = cast(BatchApp, self.app).listener
        self.seeks: dict[Partition, int] = defaultdict(int)
        self._busy = False

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        if not self._busy:
            await asyncio.sleep(NAP_S)
        seeks = dict(self.seeks)  # before the fetch: a chunk fetched before a seek must say so
        records, _ = await self._wait_next_records(timeout)
        if not records or self.should_stop:
            self._busy = False
            return
        if not self._flows():
            await self._seek_while_paused()
            return
        self._busy = sum(map(len, records.values())) >= _BUSY
        for tp, found in records.items():
            for start in range(0, len(found), CHUNK):
                if not self._flows():
                    return
                chunk = found[start : start + CHUNK]
                # Stamped with the current generation, since the stream drops others. Contiguity
                # decides what is applied: dropping by generation here once lost a whole fetch.
                message = self._to_message(tp, chunk[-1])
                message.value = cast(Any, Chunk(chunk, seeks.get(partition_of(tp), 0)))
                yield tp, message

    def _flows(self) -> bool:
        return self.flow_active

    async def _seek_while_paused(self) -> None:
        try:
            await self.perform_seek()
        except Exception as error:  # noqa: BLE001  the assignment may just be gone; the next one seeks
            self.log.info("no seek while the flow is paused: %r", error)

    def end_of_log(self, partition: Partition) -> int | None:
        """The high-water mark of the newest fetch; None where the partition is not assigned now."""
        try:
            return self.highwater(tp_of(partition))
        except IllegalStateError:
            return None

    async def seek_again(self, partition: Partition, offset: int) -> None:
        """Fetch from `offset` on; chunks that were fetched before are told by their count of seeks."""
        self.seeks[partition] += 1
        try:
            await self._seek_all({partition: offset})
        except IllegalStateError:  # revoked meanwhile: the next assignment seeks anyway
            log.info("no seek in %s: not assigned", partition)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Faust starts at the group's commit, which only reports lag: go on to the cursors."""
        committed = await super().seek_to_committed()
        resume_at = self.listener.resume_at()
        if resume_at:
            await self._seek_all(resume_at)
        return committed

    async def _seek_all(self, offsets: Mapping[Partition, int]) -> None:
        await self.seek_wait(
            {
                cast(TP, TopicPartition(partition.topic, partition.number)): offset
                for partition, offset in offsets.items()
            }
        )

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """First the units' last checkpoint and commit, since Faust forgets its offsets here."""
        await self.listener.on_revoked()
        await super().on_partitions_revoked(revoked)

    async def commit_now(self) -> None:
        """Report the durable offsets to the group, after any commit that is under way."""
        await self.maybe_wait_for_commit_to_finish()
        await self.force_commit()

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ARG002
        return map(tp_of, self.listener.owned())

    def _new_offset(self, tp: TP) -> int | None:
        return self.listener.durable(partition_of(tp))

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Nothing: gaps between the last offsets of chunks are the records of the chunks."""

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread with a shorter wait on the broker."""

    logger = _LOGGER

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001  Faust offers no setting
        return consumer


class BatchTransport(driver.Transport):
    Consumer = BatchConsumer


class BatchApp(faust.App):
    """A Faust app whose consumer takes its offsets from `listener`; set it before it starts."""

    logger = _LOGGER
    listener: ConsumerListener

    def _new_transport(self) -> Any:
        return BatchTransport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """None: there are no tables, and a worker must not write where it was started."""


class BatchSchema(faust.Schema[Any, Any]):
    """Bytes and chunks pass as they are; decoding is the core's."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002  Faust's signature
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        return message.value
