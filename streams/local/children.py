"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def dies_with_parent() -> Callable[[], None]:
    """A `preexec_fn` after which the kernel kills the child when its parent dies, however it dies.

    The kernel watches the *thread* that started the child, so start children from the main thread.
    The library is loaded here, before the fork: loading it after could wait for a lock for ever.
    Elsewhere than on Linux nothing is promised; the next start recognises what was left behind.
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
