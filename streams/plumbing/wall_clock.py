"""The wall clock of a process. Code that can take `now` as a parameter does that instead."""

import time


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
