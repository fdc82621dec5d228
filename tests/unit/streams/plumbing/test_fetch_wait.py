"""While little comes a fetch waits long and has every partition; in a backlog it is sent ahead and waits little."""

from types import SimpleNamespace

from streams.plumbing.fetch_wait import MANY, FetchWait


def test_wait_and_fetching_ahead_follow_the_records() -> None:
    now_s = 10.0
    fetcher = SimpleNamespace(_fetch_max_wait_ms=20, _prefetch_backoff=0.1)
    consumer = SimpleNamespace(_fetcher=fetcher)
    wait = FetchWait(busy_ms=20, idle_ms=800, clock=lambda: now_s)

    def set_at(at_s: float, records: int) -> tuple[int, float]:
        nonlocal now_s
        now_s = at_s
        wait.took(consumer, records)
        assert fetcher._fetch_max_wait_ms == wait.wait_ms
        return wait.wait_ms, fetcher._prefetch_backoff

    busy, idle = (20, 0.1), (800, 0.8)
    assert set_at(10.1, MANY + 1) == busy
    assert set_at(10.2, 1) == busy
    assert set_at(10.4, 0) == idle
    assert set_at(11.0, MANY) == idle  # a burst of ticks
    assert set_at(11.1, MANY + 1) == busy
    assert set_at(11.2, 0) == busy
    assert set_at(11.4, MANY) == idle


def test_a_reading_that_begins_takes_it_for_a_backlog_at_first() -> None:
    fetcher = SimpleNamespace(_fetch_max_wait_ms=20, _prefetch_backoff=0.1)
    FetchWait(busy_ms=20, clock=lambda: 10.0).took(SimpleNamespace(_fetcher=fetcher), 0)
    assert (fetcher._fetch_max_wait_ms, fetcher._prefetch_backoff) == (20, 0.1)
