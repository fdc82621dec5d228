"""Health is progress: a worker that has records before it and applies none is not ready."""

import asyncio

from schemas.alerts import Firing
from streams.wiring.consumer import Chunk
from streams.wiring.view import STALLED_AFTER_S, health, view
from tests.support.engines import CALLS0, assigned, new_engine
from tests.support.fake_writer import Fetched, fetched


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


async def test_before_recovery_nothing_is_ready() -> None:
    made = new_engine(Clock())
    report = health(made, "running")
    assert (report.ready, report.state, report.positions) == (False, "recovering", {})
    assert health(made, "waiting_for_kafka", "no broker").detail == "no broker"


async def test_positions_are_durable_and_lag_is_what_is_not_applied() -> None:
    made, owned, consumer = await assigned(Clock(), first=10)
    consumer.ends[CALLS0] = 30
    owned.apply(fetched(10, 24))
    report = health(made, "running")
    assert (report.ready, report.state) == (True, "running")
    assert report.positions == {"calls-0": 10}
    assert report.lag_records == {"calls-0": 5}
    newest = fetched(24, 24)[0].timestamp
    assert report.lag_s == {"calls-0": max(0, Clock.now - newest) / 1000}
    await made.units.checkpoint_all()
    assert health(made, "running").positions == {"calls-0": 25}
    assert health(made, "running").totals["calls_applied"] == 15


async def test_no_progress_with_records_ahead_is_not_ready() -> None:
    made, owned, consumer = await assigned(Clock(), first=10)
    consumer.ends[CALLS0] = 30
    for _ in range(STALLED_AFTER_S):
        assert health(made, "running").ready
        await made.tail_watchdog.check(made.resume_at())
    await made.tail_watchdog.check(made.resume_at())
    report = health(made, "running")
    assert (report.ready, report.state) == (False, "stalled")
    owned.apply(fetched(10, 29))
    await made.tail_watchdog.check(made.resume_at())
    assert health(made, "running").ready  # nothing ahead: silence is no fault


async def test_a_view_holds_what_units_tell() -> None:
    made, _, _ = await assigned(Clock(), first=10)
    records = [Fetched(10, timestamp=7), Fetched(11, timestamp=5, value=b"fire")]
    await made.on_chunk(CALLS0, Chunk(records, 0))
    shown = await view(made, "running")
    assert [(each.queue, each.waiting) for each in shown.snapshots] == [("q1", 2)]
    assert shown.totals == []  # nothing is committed yet
    assert (shown.source_times, shown.firing) == ({"toy": 7}, [Firing("oldest_wait", "q1")])
    assert shown.sources_behind_ms == {"toy": 5}
    assert shown.results == {("calls", "applied"): 0}


async def test_a_worker_that_ends_or_loses_its_partitions_meanwhile_shows_no_queue() -> None:
    made, _, _ = await assigned(Clock(), first=10)
    await made.on_chunk(CALLS0, Chunk([Fetched(10, timestamp=7, value=b"fire")], 0))
    assert (await view(made, "running")).snapshots
    ending = await view(made, "stopping")
    assert (ending.snapshots, ending.totals, ending.firing) == ([], [], [])
    reading = asyncio.create_task(view(made, "running"))
    await asyncio.sleep(0)  # the first unit is read
    made.units.ready = False
    lost = await reading
    assert not lost.health.ready
    assert (lost.snapshots, lost.totals, lost.firing) == ([], [], [])
