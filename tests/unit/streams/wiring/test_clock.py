"""The wall clock counts in milliseconds."""

import time

from streams.wiring.clock import now_ms


def test_now_is_in_milliseconds_since_1970() -> None:
    before = int(time.time() * 1_000)
    assert before <= now_ms() <= before + 60_000
