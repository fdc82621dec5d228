"""Keeps the memory of a process small, and gives back what it does not use any more. What the machine cannot do is left out.

The C library keeps what was freed below anything that is still in use: after a start, in which topics are read whole, that
is 2 to 9 MB of each process on a quiet night. It also gives threads heaps of their own, of which each keeps its own remains, and
takes to putting large pieces among the others once some were freed: 24 MB in `archive`, 27 MB in a `stream` that had caught up.
Python lets one thread run at a time, so one heap is enough. (Small objects, and the embedded database, have allocators of their own.)

Of a large library, such as the embedded database, most of what is mapped was used at its start, or lies beside what was used.
"""

import ctypes
import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # malloc.h
_APART = 128 * 1024  # bytes: as the C library begins
_MADV_DONTNEED = 4
_LARGE = 32 * 1024 * 1024  # bytes of program in one file
_MAPS = Path("/proc/self/maps")


def one_heap() -> None:
    """All threads share one heap, and what is large lies outside of it and goes back when it is freed. Before the first thread."""
    set_option = _of_c_library("mallopt")
    set_option(_M_ARENA_MAX, 1)
    set_option(_M_MMAP_THRESHOLD, _APART)


def give_back() -> None:
    """Some milliseconds, in which other threads of Python run."""
    _of_c_library("malloc_trim")(0)
    # A file may be named in any bytes, and an error here would end the reports of health.
    with suppress(OSError), _MAPS.open(errors="replace", newline="\n") as maps:
        for begin, size in programs(maps):
            # What is used again is mapped again from the page cache, 64 kB at a time.
            _of_c_library("madvise")(ctypes.c_void_p(begin), ctypes.c_size_t(size), _MADV_DONTNEED)


def programs(maps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Begin and size of the programs and constants of large libraries: only what is mapped from a file and cannot have been written.

    A library begins with its constants. Further read-only parts were written when it was loaded, and would come back without that.
    """
    for line in maps:
        place, rights, offset, _, _, *file = line.split(maxsplit=5)
        is_whole = rights == "r-xp" or (rights == "r--p" and int(offset, 16) == 0)
        if is_whole and file and file[0].startswith("/"):
            begin, end = (int(each, 16) for each in place.split("-"))
            if end - begin >= _LARGE:
                yield begin, end - begin


@functools.cache
def _of_c_library(name: str) -> Callable[..., object]:
    """A function of what this process is linked with; one that does nothing where there is none of that name (musl)."""
    found: Callable[..., object] = getattr(ctypes.CDLL(None), name, lambda *_: 0)
    return found
