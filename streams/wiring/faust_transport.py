"""Faust's transport in batches: one message carries a chunk of records of one partition.

Faust as released spends 100 microseconds per event before the processor; with batches it is 4. Names
that begin with an underscore are Faust's own: tests/contract/test_faust_names.py asserts that they
exist in the pinned release. The order of the calls here was found by killing workers and brokers: do
not change it without tests/chaos.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, cast

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from streams.plumbing.fetch_wait import FetchWait
from streams.plumbing.not_loaded import without
from streams.wiring.consumer import Chunk, ConsumerListener, Partition

# What it would load for web pages, an HTTP client and YAML, and uses for annotations: 9 MB, and a quarter of the time to load a worker.
with without("aiohttp", "aiohttp.client", "yaml"):
    import faust
    import faust.app
    from faust.tables import TableManager
    from faust.transport.drivers import aiokafka as driver
    from faust.types import TP

FETCH_WAIT_MS = 20  # Faust's 1,500 delays every partition with little traffic by as much
CHUNK = 2_000  # records handed to `apply` at once: in a backlog they block the loop for some 30 ms
FETCH_PAUSE_S = (
    0.010  # between fetches when traffic is low: 4 ms more latency, half of the CPU time
)
_BUSY = CHUNK // 4  # after a fetch of so many records the next one follows without a pause

# Faust logs its services, with stacks, under the module of their class. Ours would then look like
# lines of `streams`, which streams.wiring.logs does not shorten.
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
        self._fetch_wait = FetchWait(FETCH_WAIT_MS)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        if not self._busy:
            await asyncio.sleep(FETCH_PAUSE_S)
        seeks = dict(self.seeks)  # taken before the fetch, so that a seek during it is not included
        records, _ = await self._wait_next_records(timeout)
        fetched = sum(map(len, (records or {}).values()))
        self._note_fetch(fetched)
        if not records or self.should_stop:
            self._busy = False
            return
        if not self._flows():
            await self._seek_while_paused()
            return
        self._busy = fetched >= _BUSY
        for tp, found in records.items():
            for start in range(0, len(found), CHUNK):
                if not self._flows():
                    return
                chunk = found[start : start + CHUNK]
                # `_to_message` sets the current generation, because Faust's stream drops messages of
                # others. That is safe: only a chunk that continues its unit is applied. Dropping
                # chunks by generation here lost a whole fetch.
                message = self._to_message(tp, chunk[-1])
                message.value = cast(Any, Chunk(chunk, seeks.get(partition_of(tp), 0)))
                yield tp, message

    def _note_fetch(self, records: int) -> None:
        consumer = self._thread._consumer  # noqa: SLF001  None before its start
        if consumer is not None:
            self._fetch_wait.took(consumer, records)

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
        """Fetch from `offset` on. Chunks that were fetched before it have a lower number of seeks."""
        self.seeks[partition] += 1
        try:
            await self._seek_all({partition: offset})
        except IllegalStateError:  # revoked meanwhile: the next assignment seeks anyway
            log.info("no seek in %s: not assigned", partition)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the units' cursors after Faust has sought to the group's offsets, which only report lag."""
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
        """Write the units' last checkpoint and commit first, because Faust forgets its offsets here."""
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
        """Do nothing: what Faust takes for gaps between messages are the records inside the chunks."""

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


class NoTables(TableManager):
    """Starts at once. Faust's waits a second for tables that modules still make, and nothing is assigned meanwhile; we have none."""

    async def on_start(self) -> None:
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()


class BatchApp(faust.App):
    """A Faust app whose consumer takes its offsets from `listener`; set `listener` before the start."""

    logger = _LOGGER
    listener: ConsumerListener

    def _new_transport(self) -> Any:
        return BatchTransport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Create none: there are no tables, and a worker must not write to its working directory."""


class BatchSchema(faust.Schema[Any, Any]):
    """Passes bytes and chunks on unchanged; the core decodes."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002  Faust's signature
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        return message.value
