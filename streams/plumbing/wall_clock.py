"""The wall clock of a process; whoever can be handed `now` is."""

import time


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
