"""Kafka -> Stays: reads topic `legs` from 26 hours ago on, while some queue lists its callers to somebody.

Where no queue does, nothing is read and nothing is kept of callers.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing

from dashboards.callers.stays import REACH_MS, Stays
from schemas.codec import UndecodableError
from schemas.topics import topic_name
from streams.plumbing.topic_reading import Batch, follow

_ASKED_EVERY_S = 1.0
_AT_ONCE = 2_000  # records, between which screens are served

log = logging.getLogger(__name__)


class StaysFeed:
    """`is_wanted` says whether any queue lists its callers now; `clock` returns ms since 1970 UTC.

    `problem` is one line while the topic cannot be read, else "". `undecodable` counts records that were skipped.
    """

    def __init__(
        self,
        bootstrap: str,
        namespace: str,
        stays: Stays,
        is_wanted: Callable[[], bool],
        clock: Callable[[], int],
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name("legs", namespace)
        self._stays = stays
        self._is_wanted = is_wanted
        self._clock = clock
        self._since = 0
        self.problem = ""
        self.undecodable = 0

    async def run(self, on_change: Callable[[], None]) -> None:
        """Read for ever; `on_change` is called after each batch that changed something."""
        while True:
            if self._is_wanted():
                await self._read(on_change)
                self._stays.begin()
                on_change()
            await asyncio.sleep(_ASKED_EVERY_S)

    async def _read(self, on_change: Callable[[], None]) -> None:
        async with aclosing(follow(self._bootstrap, [self._topic], self._begin)) as batches:
            async for batch in batches:
                if not self._is_wanted():
                    return
                if await self.take(batch):
                    on_change()

    def _begin(self) -> int:
        self._stays.begin()
        self._since = self._clock() - REACH_MS
        return self._since

    async def take(self, batch: Batch) -> bool:
        """Take the records of the batch; return whether it changed anything that is shown."""
        if batch.problem:
            if batch.problem != self.problem:
                log.warning("%s; callers are not listed meanwhile", batch.problem)
            self.problem = batch.problem
            self._stays.begin()
            return True
        self.problem = ""
        changed = False
        for place, record in enumerate(batch.records):
            if place % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            if record.value is None:
                continue
            try:
                changed |= self._stays.take(record.value)
            except UndecodableError:
                self.undecodable += 1
        if batch.whole and self._stays.known_since is None:
            self._stays.whole(self._since)
            changed = True
        self._stays.forget(self._clock())
        return changed
