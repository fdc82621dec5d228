"""Gives memory that a process does not use any more back to the machine.

The C library keeps what was freed below anything that is still in use: after a start, in which topics are read whole, that
is 2 to 9 MB of each process on a quiet night.
"""

import ctypes
import functools
from collections.abc import Callable


def give_back() -> None:
    """Some milliseconds, in which other threads of Python run; nothing where the C library cannot."""
    _trim()(0)


@functools.cache
def _trim() -> Callable[[int], object]:
    library = ctypes.CDLL(None)  # what this process is linked with
    trim: Callable[[int], object] = getattr(library, "malloc_trim", lambda _: 0)  # not in musl
    return trim
