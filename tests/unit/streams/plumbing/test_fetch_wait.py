"""The wait of a fetch is short while records come, and long once none have come for a while."""

from types import SimpleNamespace

from streams.plumbing.fetch_wait import FetchWait


def test_the_wait_follows_the_records() -> None:
    now_s = 10.0
    consumer = SimpleNamespace(_fetcher=SimpleNamespace(_fetch_max_wait_ms=20))
    wait = FetchWait(busy_ms=20, idle_ms=250, clock=lambda: now_s)

    def set_at(at_s: float, *, any_records: bool) -> int:
        nonlocal now_s
        now_s = at_s
        wait.took(consumer, any_records=any_records)
        assert consumer._fetcher._fetch_max_wait_ms == wait.wait_ms
        return wait.wait_ms

    assert set_at(10.1, any_records=False) == 20
    assert set_at(10.2, any_records=False) == 250
    assert set_at(11.0, any_records=True) == 20
    assert set_at(11.1, any_records=False) == 20
    assert set_at(11.3, any_records=False) == 250
