"""How far simulated time may go; and the wall clock: no other module of the producers reads it.

Rule 1: simulated time never passes now: an event of the future would be quarantined.
Rule 2: once it has caught up with now, it goes at the speed of the clock.
"""

import threading
import time

from msgspec import Struct


class Pace(Struct, frozen=True):
    """Event time `began_event` was reached at wall time `began_clock`; `speed` None: as fast as possible."""

    began_event: int
    began_clock: int
    speed: float | None = None

    def horizon(self, now: int) -> int:
        """The event time up to which everything may be sent at `now`."""
        if self.speed is None:
            return now
        return min(now, self.began_event + int((now - self.began_clock) * self.speed))


class StoppableClock:
    """The wall clock in milliseconds, and a wait that `stop` ends from a signal handler."""

    def __init__(self) -> None:
        self._ending = threading.Event()

    @property
    def stopped(self) -> bool:
        return self._ending.is_set()

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def wait(self, duration_ms: int) -> None:
        self._ending.wait(duration_ms / 1000)

    def stop(self) -> None:
        self._ending.set()
