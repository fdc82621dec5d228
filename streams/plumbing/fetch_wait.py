"""How long a broker holds a fetch that finds no records: short while records come, long while none do.

aiokafka keeps one fetch a broker in flight, and leaves out the partitions whose records were not taken yet. The next
record of such a partition is delayed until that fetch is answered, so a long wait delays a busy stream. A short one
costs a quiet one: each answer is work here and in the broker, and at 20 ms an idle worker used most of its CPU for it.
"""

import time
from collections.abc import Callable
from typing import Any

IDLE_MS = 250  # the longest delay, and that of one record of a partition only: the first of its burst is told at once
_IDLE_AFTER_S = 0.2


class FetchWait:
    """Sets the wait of the fetches of one started AIOKafkaConsumer; tell it of each turn by `took`."""

    def __init__(
        self, busy_ms: int, idle_ms: int = IDLE_MS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._busy_ms = busy_ms
        self._idle_ms = idle_ms
        self._clock = clock
        self._busy_until = clock() + _IDLE_AFTER_S
        self.wait_ms = busy_ms

    def took(self, consumer: Any, *, any_records: bool) -> None:
        """A turn of reading has ended, with records or without."""
        now = self._clock()
        if any_records:
            self._busy_until = now + _IDLE_AFTER_S
        wait_ms = self._busy_ms if now < self._busy_until else self._idle_ms
        if wait_ms != self.wait_ms:
            self.wait_ms = wait_ms
            consumer._fetcher._fetch_max_wait_ms = wait_ms  # noqa: SLF001  no public way
