"""Topic `snapshots`: every queue that changed, ten times a second.

Snapshots may be lost; the newest one of a queue replaces those before it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codec import encode
from schemas.snapshots import QueueSnapshot
from streams.core.unit import SnapshotSource
from streams.plumbing.kafka_security import in_use
from streams.wiring.options import BACKLOG, StreamOptions

EVERY_S = 0.1
EVERY_IN_BACKLOG_S = 2.0  # boards cannot use figures of the past, and catching up needs the time
_SETTINGS: dict[str, Any] = {
    "acks": 1,
    "linger_ms": 0,
    "request_timeout_ms": 5_000,  # an older snapshot is of no use
    "max_batch_size": 262_144,
}

log = logging.getLogger(__name__)


class SnapshotPublisher:
    """Publishes outside the transactions, so that boards do not wait for a checkpoint."""

    def __init__(
        self,
        options: StreamOptions,
        now: Callable[[], int],
        sources: Callable[[], Sequence[SnapshotSource]],
        lag: Callable[[], int],
    ) -> None:
        self._options = options
        self._topic = options.topic("snapshots")
        self._now = now
        self._sources = sources
        self._lag = lag
        self.unexplained: dict[
            str, int
        ] = {}  # unexplained legs by queue, as of the newest snapshots
        self._unexplained_of: Sequence[SnapshotSource] = []
        self.published = 0
        self.failed = 0

    async def run(self) -> None:
        """Publish until cancelled. A round begins when the one before was delivered or has failed."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._options.bootstrap, **in_use().for_aiokafka(), **_SETTINGS
        )
        await producer.start()
        try:
            while True:
                is_busy = await self._round(producer) and self._lag() > BACKLOG
                await asyncio.sleep(EVERY_IN_BACKLOG_S if is_busy else EVERY_S)
        finally:
            await producer.stop()

    async def _round(self, producer: Any) -> bool:
        """Whether there was anything to publish."""
        now = self._now()
        changed: dict[int, list[QueueSnapshot]] = defaultdict(list)
        sources = self._sources()
        if (
            sources != self._unexplained_of
        ):  # a new assignment: other workers report the lost queues
            self._unexplained_of, self.unexplained = sources, {}
        for source in sources:
            found = source.changed_snapshots(now)
            for snapshot in found:
                changed[snapshot.partition].append(snapshot)
                self.unexplained[snapshot.queue] = snapshot.unexplained_legs
            if (
                found
            ):  # each turn of the loop asks the machine for news: most units have none to tell
                await asyncio.sleep(0)
        if not changed:
            return False
        try:
            deliveries = [
                await producer.send(
                    self._topic, encode(each), key=each.queue.encode(), partition=partition
                )
                for partition, snapshots in changed.items()
                for each in snapshots
            ]
            await asyncio.gather(*deliveries)
            self.published += len(deliveries)
        except KafkaError as error:
            self.failed += 1
            log.warning("snapshots were not published: %s", type(error).__name__)
        return True
