"""When the next fetch of a consumer is sent, and how long a broker may hold it while it finds no records.

aiokafka keeps one fetch a broker in flight. A tenth of a second after records came it sends the next one even if they were
not taken yet, and leaves their partitions out: the next record of these is delayed until that fetch is answered. In a
backlog that is wanted, since records are fetched while others are applied, and such a fetch is answered at once. Where
little comes it is not: the wait of the broker had to be short then, and an idle worker used most of its CPU for empty
answers. So while little comes a fetch is sent once all records were taken. It has every partition, a record of any ends
it, and its wait may be long.
"""

import time
from collections.abc import Callable
from typing import Any

IDLE_MS = 1_000  # a fetch that is under way delays the first one after partitions are assigned or sought by as much
MANY = 100  # records of one turn: more are a backlog or near one
_BUSY_FOR_S = 0.2
_AHEAD_AFTER_S = 0.1  # as aiokafka does by itself: `prefetch_backoff` of its fetcher


class FetchWait:
    """Sets both for one started AIOKafkaConsumer; tell it of each turn of reading by `took`."""

    def __init__(
        self, busy_ms: int, idle_ms: int = IDLE_MS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._busy_ms = busy_ms
        self._idle_ms = idle_ms
        self._clock = clock
        self._busy_until = clock() + _BUSY_FOR_S  # what is there already may be much
        self.wait_ms = busy_ms

    def took(self, consumer: Any, records: int) -> None:
        """A turn of reading has ended with so many records."""
        now = self._clock()
        if records > MANY:
            self._busy_until = now + _BUSY_FOR_S
        busy = now < self._busy_until
        wait_ms = self._busy_ms if busy else self._idle_ms
        if wait_ms != self.wait_ms:
            self.wait_ms = wait_ms
            fetcher = consumer._fetcher  # noqa: SLF001  no public way
            fetcher._fetch_max_wait_ms = wait_ms  # noqa: SLF001
            fetcher._prefetch_backoff = _AHEAD_AFTER_S if busy else wait_ms / 1000  # noqa: SLF001
