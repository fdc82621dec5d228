"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def dies_with_parent() -> Callable[[], None]:
    """A `preexec_fn` that makes the kernel kill the child when its parent ends in any way.

    The kernel watches the *thread* that started the child, so start children from the main thread.
    The library is loaded here, before the fork: loading it after the fork could block for ever on a
    lock. On systems other than Linux it does nothing; the next `up` ends what was left behind.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return arm
