"""Topic `snapshots`: every queue that changed, as soon as records were applied and the round before is done.

Snapshots may be lost; the newest one of a queue replaces those before it.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codec import encode
from streams.core.unit import SnapshotSource
from streams.plumbing.kafka_security import in_use
from streams.wiring.options import BACKLOG, StreamOptions

# Between two rounds it rests as long as the last one took: at 30 ms an event shows some 60 ms earlier than at a fixed
# tenth of a second, and where rounds are dear (hundreds of queues that change all the time) events keep their share.
SHORTEST_REST_S = 0.03
EVERY_S = 0.1  # at the latest: idle queues, and those whose agents alone changed
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
        self._news = asyncio.Event()
        self.unexplained: dict[
            str, int
        ] = {}  # unexplained legs by queue, as of the newest snapshots
        self._unexplained_of: Sequence[SnapshotSource] = []
        self.published = 0
        self.failed = 0

    def changed(self) -> None:
        """Records were applied."""
        self._news.set()

    async def run(self) -> None:
        """Publish until cancelled. A round begins when the one before was delivered or has failed."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._options.bootstrap, **in_use().for_aiokafka(), **_SETTINGS
        )
        await producer.start()
        try:
            while True:
                self._news.clear()
                began_s = time.monotonic()
                if await self._round(producer):
                    is_busy = self._lag() > BACKLOG
                    rest_s = rest_after(time.monotonic() - began_s)
                    await asyncio.sleep(EVERY_IN_BACKLOG_S if is_busy else rest_s)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._until_next_s()):
                        await self._news.wait()
        finally:
            await producer.stop()

    def _until_next_s(self) -> float:
        """At most EVERY_S: by the clock, as the turns of idle queues and the health reports are, so that readers wake once."""
        every_ms = round(EVERY_S * 1000)
        return (every_ms - self._now() % every_ms) / 1000

    async def _round(self, producer: Any) -> bool:
        """Whether there was anything to publish."""
        sources = self._sources()
        if (
            sources != self._unexplained_of
        ):  # a new assignment: other workers report the lost queues
            self._unexplained_of, self.unexplained = sources, {}
        sent: list[asyncio.Future[Any]] = []
        try:
            for source in sources:
                await self._send(producer, source, sent)
            await asyncio.gather(*sent)
            self.published += len(sent)
        except KafkaError as error:
            self.failed += 1
            log.warning("snapshots were not published: %s", type(error).__name__)
            await asyncio.gather(*sent, return_exceptions=True)
            return True
        return bool(sent)

    async def _send(
        self, producer: Any, source: SnapshotSource, sent: list[asyncio.Future[Any]]
    ) -> None:
        """Those of one unit, before the next one is asked: its queues need not wait for all others."""
        found = source.changed_snapshots(self._now())
        for each in found:
            self.unexplained[each.queue] = each.unexplained_legs
            sent.append(
                await producer.send(
                    self._topic, encode(each), key=each.queue.encode(), partition=each.partition
                )
            )
        if found:  # each turn of the loop asks the machine for news: most units have none to tell
            await asyncio.sleep(0)


def rest_after(took_s: float) -> float:
    """How long after a round that took so long the next one may begin."""
    return min(max(SHORTEST_REST_S, took_s), EVERY_S)
