"""Prints every stack and ends the process when its event loop hangs."""

import asyncio
import faulthandler
import os
import sys
import threading
import time

EXIT_STUCK = 3
_BEAT_S = 0.5


class StuckDetector:
    """A thread that ends the process when the event loop has not run for `limit_s`.

    A process that was stopped as a whole (a suspended machine) is not stuck. It is recognised by the
    gap in the thread's own checks.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._beat = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stuck-detector", daemon=True)

    async def run(self) -> None:
        """Beat in the event loop until cancelled."""
        self._thread.start()
        try:
            while True:
                self._beat = time.monotonic()
                await asyncio.sleep(_BEAT_S)
        finally:
            self._ended.set()

    def _watch(self) -> None:
        checked = time.monotonic()
        while not self._ended.wait(_BEAT_S):
            now = time.monotonic()
            if now - checked > 4 * _BEAT_S:
                self._beat = now
            checked = now
            if now - self._beat > self._limit_s:
                sys.stderr.write(f"the event loop stands still for {self._limit_s:g} s; stacks:\n")
                faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
                sys.stderr.flush()
                os._exit(EXIT_STUCK)
