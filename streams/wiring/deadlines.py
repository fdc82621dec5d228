"""How long a stop may take, and the end by force of a process that takes longer.

Each limit leaves time for what comes after it. Ending by force loses nothing: the state is safe
wherever a process ends.
"""

import os
import signal
import threading
from collections.abc import Callable

STOP_WITHIN_S = 10.0  # from a signal on: what docs/guarantees.md promises
EXIT_WITHIN_S = STOP_WITHIN_S - 0.5  # then the process ends by force, whatever hangs
LAST_CHECKPOINT_S = EXIT_WITHIN_S - 1.5  # leaves time to log that there was none
AFTER_CHECKPOINT_S = EXIT_WITHIN_S - 2.5  # to leave the group
CLOSE_PRODUCER_S = AFTER_CHECKPOINT_S - 2.0  # a part of that
AFTER_FAILURE_S = 3.0  # to leave the group where there is no checkpoint to wait for


def exit_within(limit_s: float, code: int) -> None:
    """End the process by force after `limit_s`: a stop in the middle of a join blocked for a minute."""
    _exit_after(limit_s, lambda: code)


class StopDeadline:
    """From a signal on the process has `limit_s` left: then it ends by force with `code`.

    The signal's own handler starts the clock, not the event loop, which may be what hangs.
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
            _exit_after(self._limit_s, lambda: self.code)


def _exit_after(limit_s: float, code: Callable[[], int]) -> None:
    """In a thread of its own, whatever others do; `code` is asked at the end."""
    timer = threading.Timer(limit_s, lambda: os._exit(code()))
    timer.daemon = True
    timer.start()
