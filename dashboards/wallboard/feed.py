"""Kafka -> Latest: five small topics read whole from their beginning, without a group.

One reader serves however many screens. `read_committed` for all: snapshots are sent outside of
transactions and lose nothing by it. When Kafka is away the reader tries again for ever and says so;
what is known stays, and grows old on the screen by its own age.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError, KafkaError, UnknownTopicOrPartitionError

from dashboards.wallboard.latest import Latest
from schemas.topics import topic_name

TOPICS = ("targets", "roster", "alerts", "health", "snapshots")
RETRY_S = 1.0
METADATA_AGE_MS = 5_000  # a topic that is made after us must be seen soon
POLL_MS = 200

log = logging.getLogger(__name__)


class Feed:
    """`problem` is one line while the topics were not read to their end or Kafka cannot be reached."""

    def __init__(self, bootstrap: str, namespace: str, latest: Latest) -> None:
        self._bootstrap = bootstrap
        self._topics = {topic_name(name, namespace): name for name in TOPICS}
        self._latest = latest
        self.problem = f"waiting for Kafka at {bootstrap}"

    async def run(self, on_change: Callable[[], None]) -> None:
        """Read for ever; `on_change` is called after each batch that changed something."""
        while True:
            try:
                await self._follow(on_change)
            except (KafkaError, OSError) as error:
                problem = self._problem_of(error)
                if problem != self.problem:  # once an outage, not once a second
                    log.warning("%s; trying again", problem)
                self.problem = problem
                on_change()
                await asyncio.sleep(RETRY_S)

    def _problem_of(self, error: Exception) -> str:
        if isinstance(error, UnknownTopicOrPartitionError):
            return f"Kafka at {self._bootstrap} lacks our topics: run `queuewatch topics create`"
        if isinstance(error, KafkaConnectionError | OSError):
            return f"cannot reach Kafka at {self._bootstrap}"
        return f"cannot read from Kafka at {self._bootstrap}: {error}"

    async def _follow(self, on_change: Callable[[], None]) -> None:
        consumer = AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            metadata_max_age_ms=METADATA_AGE_MS,
        )
        try:
            await consumer.start()
            self.problem = "reading the topics"
            ends: dict[Any, int] = await consumer.end_offsets(consumer.assignment())
            while True:
                batches = await consumer.getmany(timeout_ms=POLL_MS)
                if self._take(batches.values()):
                    on_change()
                if self.problem and await _reached(consumer, ends):
                    self.problem = ""
                    on_change()
        finally:
            await consumer.stop()

    def _take(self, batches: Any) -> bool:
        """Of each key only the last of a batch: a day of snapshots must not be decoded at a start."""
        changes = [
            self._latest.apply(self._topics[record.topic], record.key, record.value)
            for batch in batches
            for record in {record.key: record for record in batch}.values()
        ]
        return any(changes)


async def _reached(consumer: AIOKafkaConsumer, ends: dict[Any, int]) -> bool:
    positions: Sequence[int] = [await consumer.position(partition) for partition in ends]
    return all(position >= end for position, end in zip(positions, ends.values(), strict=True))
