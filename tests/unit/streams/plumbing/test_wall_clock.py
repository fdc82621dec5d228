import time

from streams.plumbing.wall_clock import now_ms


def test_it_gives_milliseconds_since_1970() -> None:
    before = int(time.time() * 1000)
    assert before <= now_ms() <= before + 60_000
