"""Contiguity decides what is applied; a failed checkpoint ends everything."""

import asyncio

import pytest

from streams.wiring.consumer import Partition
from streams.wiring.options import StreamOptions
from streams.wiring.telemetry import Telemetry
from streams.wiring.units import EARLY_AFTER, QUIET_EVERY_S, Hole, OwnedUnit, PoisonedError, Units
from tests.support.fake_writer import FakeWriter, fetched
from tests.support.toy_unit import ToyUnit

CALLS0 = Partition("calls", 0)


def owned(first: int = 0) -> OwnedUnit:
    unit = ToyUnit("calls", 0, 1)
    each = OwnedUnit(CALLS0, "calls", unit, unit)
    each.writer = FakeWriter()
    each.started(first)
    return each


def units(each: OwnedUnit, failures: list[BaseException] | None = None) -> Units:
    all_units = Units(
        StreamOptions("nowhere:1"),
        Telemetry(lambda: 0),
        (failures if failures is not None else []).append,
    )
    all_units.install([each])
    return all_units


def writer_of(each: OwnedUnit) -> FakeWriter:
    assert isinstance(each.writer, FakeWriter)
    return each.writer


def test_new_records_are_applied_and_known_ones_left_out() -> None:
    each = owned()
    assert each.apply(fetched(0, 9)) == 10
    assert each.apply(fetched(5, 14)) == 5
    assert each.apply(fetched(0, 14)) == 0
    assert each.next_offset == 15
    assert each.unit.results == {"applied": 15}


def test_a_hole_before_or_inside_a_chunk_applies_nothing() -> None:
    each = owned(first=3)
    assert each.apply(fetched(5, 9)) == Hole(3, 5)
    torn = fetched(3, 4) + fetched(6, 7)
    assert each.apply(torn) == Hole(3, 3)
    assert each.next_offset == 3


async def test_durable_and_counts_follow_the_commit_not_the_events() -> None:
    each = owned()
    all_units = units(each)
    gate = writer_of(each).gate = asyncio.Event()
    each.apply(fetched(0, 9))
    all_units.begin_checkpoints()
    await asyncio.sleep(0)
    each.apply(fetched(10, 19))
    assert (each.durable, each.results) == (0, {"applied": 0})
    gate.set()
    assert each.running is not None
    await each.running
    assert (each.durable, each.results) == (10, {"applied": 10})
    assert each.source is not None
    assert [total.added.offered for total in each.source.committed_totals()] == [10]
    await all_units.checkpoint_all()
    assert each.durable == 20


async def test_nothing_new_writes_nothing() -> None:
    each = owned()
    await units(each).checkpoint_all()
    assert writer_of(each).written == []


async def test_a_failed_checkpoint_poisons_every_later_one() -> None:
    each, failures = owned(), list[BaseException]()
    all_units = units(each, failures)
    writer_of(each).error = OSError("broker gone")
    each.apply(fetched(0, 9))
    all_units.begin_checkpoints()
    assert each.running is not None
    await each.running
    assert [str(failure) for failure in failures] == ["broker gone"]
    assert all_units.get(CALLS0) is None
    writer_of(each).error = None
    with pytest.raises(PoisonedError):
        await all_units.checkpoint_all()
    assert writer_of(each).written == []
    assert each.durable == 0


async def test_a_cancelled_checkpoint_poisons_too() -> None:
    each = owned()
    all_units = units(each)
    writer_of(each).gate = asyncio.Event()
    each.apply(fetched(0, 9))
    last = asyncio.create_task(all_units.checkpoint_all())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    last.cancel()
    with pytest.raises(asyncio.CancelledError):
        await last
    with pytest.raises(PoisonedError):
        await all_units.checkpoint_all()


async def test_a_backlog_is_written_in_small_transactions() -> None:
    each = owned()
    all_units = units(each)
    for first in range(0, 4 * EARLY_AFTER, 500):
        each.apply(fetched(first, first + 499))
        await all_units.checkpoint_early(each)
    await all_units.checkpoint_all()
    sizes = [len(checkpoint.outputs) for checkpoint in writer_of(each).written]
    assert sum(sizes) == 4 * EARLY_AFTER
    assert max(sizes) < 1.25 * EARLY_AFTER


async def test_drop_forgets_and_closes() -> None:
    each = owned()
    all_units = units(each)
    await all_units.drop()
    assert writer_of(each).closed
    assert all_units.owned == {}
    assert all_units.get(CALLS0) is None
    assert all_units.revocations == 1


async def test_an_early_checkpoint_of_another_assignment_is_not_begun() -> None:
    each = owned()
    all_units = units(each)
    for first in range(0, EARLY_AFTER + 500, 500):
        each.apply(fetched(first, first + 499))
    await all_units.drop()
    await all_units.checkpoint_early(each)
    assert each.running is None


async def test_a_unit_whose_checkpoint_nobody_waits_for_is_written_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = owned()
    assert isinstance(each.unit, ToyUnit)
    all_units = units(each)
    now_s = 1_000.0
    monkeypatch.setattr("streams.wiring.units.time.monotonic", lambda: now_s)

    async def durable_after_a_round() -> int:
        all_units.begin_checkpoints()
        if each.running is not None:
            await each.running
        return each.durable

    each.apply(fetched(0, 9))
    assert await durable_after_a_round() == 10
    each.unit.is_quiet = True
    each.apply(fetched(10, 19))
    now_s += QUIET_EVERY_S - 0.1
    assert await durable_after_a_round() == 10
    now_s += 0.1
    assert await durable_after_a_round() == 20
    each.apply(fetched(20, 29))
    each.unit.is_quiet = False
    assert await durable_after_a_round() == 30
