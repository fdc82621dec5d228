"""The one wall clock of the stream: everybody else is handed `now`."""

import time


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
