"""The transactional producer of one unit: writes a checkpoint whole or not at all."""

import asyncio
from collections import defaultdict
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from streams.core.unit import Checkpoint
from streams.plumbing.kafka_security import in_use
from streams.wiring.deadlines import CLOSE_PRODUCER_S
from streams.wiring.options import REPORTS, StreamOptions

_SETTINGS: dict[str, Any] = {
    "acks": "all",
    "transaction_timeout_ms": 15_000,  # after a crash without a successor, readers wait this long
    "request_timeout_ms": 10_000,
    "max_batch_size": 262_144,
    "linger_ms": 0,
}

Item = tuple[bytes, bytes | None]


class CheckpointWriter:
    """Made anew at every assignment: `open` fences the former owner of the partition."""

    def __init__(self, options: StreamOptions, topic: str, partition: int) -> None:
        self._options = options
        self._partition = partition
        self._reports = topic == REPORTS
        self._producer = AIOKafkaProducer(
            bootstrap_servers=options.bootstrap,
            **in_use().for_aiokafka(),
            client_id=f"{options.instance}-{topic}-{partition}",
            transactional_id=options.transactional_id(topic, partition),
            **_SETTINGS,
        )

    async def open(self) -> None:
        try:
            await self._producer.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Never raises: nothing is left to do for a producer that was fenced or lost its broker."""
        try:
            async with asyncio.timeout(CLOSE_PRODUCER_S):
                await self._producer.stop()
        except Exception:  # noqa: BLE001, S110  nothing is in flight: the checkpoint was awaited or failed
            pass

    async def write(self, checkpoint: Checkpoint, read_to: int | None = None) -> int:
        """Write one transaction; return the number of its records. Do not use the writer after an exception.

        `read_to`: the next offset of the input. That of `reports` is committed here for those who wait for it (`queuewatch
        drain`): no member of the group reads that topic, so that none commits it.

        Every delivery is awaited before the commit, because aiokafka commits even if a batch has failed.
        All records go to the unit's own partition, so that a hanging transaction blocks no other one. Only what all units
        tell one other (`reports`) is a topic of one partition.
        """
        by_topic: dict[str, list[Item]] = defaultdict(list)
        by_topic["state"] += checkpoint.pieces
        for output in checkpoint.outputs:
            by_topic[output.topic].append((output.key, output.value))
        await self._producer.begin_transaction()
        deliveries: list[asyncio.Future[Any]] = []
        for topic, items in by_topic.items():
            deliveries += await self._send(self._options.topic(topic), items)
        await asyncio.gather(*deliveries)
        if self._reports and read_to is not None:
            read = {TopicPartition(self._options.topic(REPORTS), self._partition): read_to}
            await self._producer.send_offsets_to_transaction(read, self._options.reports_group)
        await self._producer.commit_transaction()
        return sum(map(len, by_topic.values()))

    async def _send(self, topic: str, items: list[Item]) -> list[asyncio.Future[Any]]:
        deliveries: list[asyncio.Future[Any]] = []
        batch: Any = None
        for key, value in items:
            if batch is None or batch.append(key=key, value=value, timestamp=None) is None:
                if batch is not None:
                    deliveries.append(await self._submit(batch, topic))
                batch = self._producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)  # the first one always fits
        if batch is not None:
            deliveries.append(await self._submit(batch, topic))
        return deliveries

    async def _submit(self, batch: Any, topic: str) -> asyncio.Future[Any]:
        batch.close()
        delivery: asyncio.Future[Any] = await self._producer.send_batch(
            batch, topic, partition=0 if topic == self._options.topic(REPORTS) else self._partition
        )
        return delivery
