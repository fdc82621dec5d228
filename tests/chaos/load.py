"""Events at a steady pace from a thread of its own, whatever happens to Kafka meanwhile."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from schemas.agents import AgentState
from schemas.calls import LegFact
from tests.chaos.system import System

_EVERY_S = 0.1


class Load:
    """Sends `events` in portions; each is accepted before the next. Nobody else may send meanwhile."""

    def __init__(
        self, system: System, events: Sequence[LegFact | AgentState], a_second: int
    ) -> None:
        self.accepted_at: list[int] = []  # of each portion, ms of the wall clock
        self._system, self._events = system, events
        self._size = max(1, round(a_second * _EVERY_S))
        self._hurries = threading.Event()
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._send)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Inside, it goes on by itself; at the end the rest is sent at once."""
        self._thread.start()
        try:
            yield
            self.ensure_goes_on()
        finally:
            self._hurries.set()
            self._thread.join()
        if self._failed:
            raise self._failed[0]

    def ensure_goes_on(self) -> None:
        """What happened without load proves nothing."""
        if self._failed:
            raise self._failed[0]
        assert self._thread.is_alive(), "all was sent before it was over"

    def _send(self) -> None:
        try:
            for first in range(0, len(self._events), self._size):
                self._system.send(self._events[first : first + self._size])
                self.accepted_at.append(time.time_ns() // 1_000_000)
                self._hurries.wait(_EVERY_S)  # the pace of the load
        except BaseException as error:  # noqa: BLE001  the test raises it
            self._failed.append(error)
