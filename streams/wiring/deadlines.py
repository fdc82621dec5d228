"""How long a stop may take; a process that takes longer is ended by force.

Each limit leaves time for the steps after it. An end by force loses nothing: the next worker begins at
the last committed checkpoint.
"""

import os
import signal
import threading
from collections.abc import Callable

STOP_WITHIN_S = 10.0  # from a signal to the exit, as docs/guarantees.md promises
EXIT_WITHIN_S = STOP_WITHIN_S - 0.5  # from a signal to the end by force, whatever hangs
LAST_CHECKPOINT_S = EXIT_WITHIN_S - 1.5  # leaves time to log that it was not written
AFTER_CHECKPOINT_S = EXIT_WITHIN_S - 2.5  # to close the producers and leave the group
CLOSE_PRODUCER_S = AFTER_CHECKPOINT_S - 2.0  # a part of AFTER_CHECKPOINT_S
AFTER_FAILURE_S = 3.0  # to leave the group when no checkpoint is written


def exit_within(limit_s: float, code: int) -> None:
    """End the process by force after `limit_s`: leaving in the middle of a join blocked for a minute."""
    _exit_after(limit_s, lambda: code)


class StopDeadline:
    """Ends the process by force, with exit code `code`, `limit_s` after a signal.

    The signal handler itself starts the timer, because the event loop may hang.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._has_begun = False
        self.code = 0

    def begin_at(self, number: signal.Signals) -> None:
        """Call it after the loop's `add_signal_handler`, which would replace this handler.

        The loop is still told of the signal: Python wakes it through a file descriptor.
        """
        signal.signal(number, self._begin)

    def _begin(self, *_: object) -> None:
        if not self._has_begun:
            self._has_begun = True
            _exit_after(self._limit_s, lambda: self.code)


def _exit_after(limit_s: float, code: Callable[[], int]) -> None:
    """Exit from a thread of its own, which nothing else can block; `code` is called at the end."""
    timer = threading.Timer(limit_s, lambda: os._exit(code()))
    timer.daemon = True
    timer.start()
