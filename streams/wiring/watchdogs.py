"""Guards against hanging: at the tail of a partition, in the event loop, and at the end."""

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable

from faust.types import TP

EXIT_STUCK = 3
PATIENCE = 5  # looks: under a backlog a partition waits some seconds for its turn
_BEAT_S = 0.5

log = logging.getLogger(__name__)


class TailWatchdog:
    """A fetch that was lost at the tail shows no hole: records exist, but nothing moves. Seek then."""

    def __init__(
        self,
        highwater: Callable[[TP], int | None],
        seek: Callable[[TP, int], Awaitable[None]],
    ) -> None:
        self._highwater = highwater
        self._seek = seek
        self._stood: dict[TP, tuple[int, int]] = {}  # where, and for how many looks
        self.seeks = 0

    @property
    def standing_s(self) -> int:
        """How long the partition that stands longest has had records ahead of it: a look a second."""
        return max((looks for _, looks in self._stood.values()), default=0)

    async def look(self, positions: dict[TP, int]) -> None:
        """Once a second. `positions` are next offsets; empty while nothing may be sought."""
        stood = {tp: self._looks(tp, position) for tp, position in positions.items()}
        self._stood = {tp: (position, stood[tp]) for tp, position in positions.items()}
        for tp, position in positions.items():
            if stood[tp] and stood[tp] % PATIENCE == 0:
                self.seeks += 1
                log.info("%s-%d stands still before the end of its log: fetching %d again",
                         tp.topic, tp.partition, position)  # fmt: skip
                await self._seek(tp, position)

    def _looks(self, tp: TP, position: int) -> int:
        """How many looks in a row this partition has stood here with records ahead of it."""
        if (self._highwater(tp) or 0) <= position:
            return 0
        at, looks = self._stood.get(tp, (-1, 0))
        return looks + 1 if at == position else 0


class StuckDetector:
    """A thread that ends the process when the event loop has not turned for `limit_s`.

    It prints every stack first. A process that was stopped as a whole (a suspended machine) is not
    stuck: the thread did not run either.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._beat = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stuck-detector", daemon=True)

    async def run(self) -> None:
        """The heartbeat, until cancelled."""
        self._thread.start()
        try:
            while True:
                self._beat = time.monotonic()
                await asyncio.sleep(_BEAT_S)
        finally:
            self._ended.set()

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._beat

    def _watch(self) -> None:
        looked = time.monotonic()
        while not self._ended.wait(_BEAT_S):
            now = time.monotonic()
            if now - looked > 4 * _BEAT_S:
                self._beat = now
            looked = now
            if now - self._beat > self._limit_s:
                sys.stderr.write(f"the event loop stands still for {self._limit_s:g} s; stacks:\n")
                faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
                sys.stderr.flush()
                os._exit(EXIT_STUCK)


def leave_within(limit_s: float, code: int) -> None:
    """End the process by force after `limit_s`.

    A stop in the middle of a join blocked for a minute; the state is safe wherever a process ends.
    """
    _end_after(limit_s, lambda: code)


def _end_after(limit_s: float, code: Callable[[], int]) -> None:
    """In a thread of its own, whatever others do; `code` is asked at the end."""
    timer = threading.Timer(limit_s, lambda: os._exit(code()))
    timer.daemon = True
    timer.start()


class CutOff:
    """From a signal on the process has `limit_s` left: then it ends by force with `code`.

    The signal's own handler begins to count, not the event loop, which may be what hangs.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._has_begun = False
        self.code = 0

    def begin_at(self, number: signal.Signals) -> None:
        """Call it after the loop's `add_signal_handler`: the loop is woken by other means than this."""
        signal.signal(number, self._begin)

    def _begin(self, *_: object) -> None:
        if not self._has_begun:
            self._has_begun = True
            _end_after(self._limit_s, lambda: self.code)
