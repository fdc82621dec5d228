"""Health is progress: a worker that has records before it and applies none is not ready."""

from collections.abc import Callable
from typing import Any

from faust.types import TP

from streams.wiring.engine import Engine
from streams.wiring.options import StreamOptions
from streams.wiring.units import OwnedUnit, UnitFactories
from streams.wiring.view import STALLED_AFTER_S, Told, health, view
from tests.support.fake_writer import FakeWriter, fetched
from tests.support.toy_unit import ToyUnit

TP0 = TP("x-calls", 0)


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


class Consumer:
    """As much of a consumer as tells the end of a log and can be sought."""

    async def seek_again(self, tp: TP, offset: int) -> None:
        """Nowhere to go."""

    def highwater(self, _: TP) -> int:
        return 30


def engine(clock: Callable[[], int]) -> tuple[Engine, OwnedUnit]:
    factories = UnitFactories(lambda p, e: ToyUnit("calls", p, e), lambda p, e: ToyUnit("a", p, e))
    made = Engine(StreamOptions("nowhere:1", "x-"), factories, roster=_Nobody(), now=clock)
    unit = ToyUnit("calls", 0, 1)
    owned = OwnedUnit(TP0, "calls", unit, unit)
    owned.writer = FakeWriter()
    owned.started(10)
    consumer: Any = Consumer()
    made.consumer = consumer
    return made, owned


class _Nobody:
    def update(self, entry: object) -> None:
        """No agents here."""


async def test_before_recovery_nothing_is_ready() -> None:
    made, _ = engine(Clock())
    report = health(made, "running")
    assert (report.ready, report.state, report.positions) == (False, "recovering", {})
    assert health(made, "waiting_for_kafka", "no broker").detail == "no broker"


async def test_positions_are_durable_and_lag_is_what_is_not_applied() -> None:
    made, owned = engine(Clock())
    made.units.install([owned])
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
    made, owned = engine(Clock())
    made.units.install([owned])
    for _ in range(STALLED_AFTER_S):
        assert health(made, "running").ready
        await made.tail_watchdog.look(made.resume_at())
    await made.tail_watchdog.look(made.resume_at())
    report = health(made, "running")
    assert (report.ready, report.state) == (False, "stalled")
    owned.apply(fetched(10, 29))
    await made.tail_watchdog.look(made.resume_at())
    assert health(made, "running").ready  # nothing ahead: silence is no fault


async def test_a_view_holds_what_units_tell() -> None:
    made, owned = engine(Clock())
    made.units.install([owned])
    owned.apply(fetched(10, 11))
    shown = await view(made, "running", lambda _: Told({"pbx": 7}, [("oldest_wait", "q1")]))
    assert [(each.queue, each.waiting) for each in shown.snapshots] == [("q1", 2)]
    assert shown.totals == []  # nothing is committed yet
    assert (shown.source_times, shown.firing) == ({"pbx": 7}, [("oldest_wait", "q1")])
    assert shown.results == {("calls", "applied"): 0}
