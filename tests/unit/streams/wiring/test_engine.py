"""The engine between a consumer and its units: what is applied, and in which order it lets go."""

import asyncio
from typing import Any

import pytest

from streams.wiring.consumer import Chunk, Partition
from streams.wiring.engine import _HOLES_AT_ONE_OFFSET, HoleError
from tests.support.engines import CALLS0, assigned, new_engine, owned_unit, recovering
from tests.support.fake_consumer import FakeConsumer
from tests.support.fake_writer import FakeWriter, Fetched, fetched

OTHER = Partition("x-calls", 7)


def chunk(first: int, last: int, seeks: int = 0) -> Chunk:
    return Chunk(fetched(first, last), seeks)


async def test_nothing_is_applied_or_sought_before_recovery_is_done() -> None:
    engine = new_engine()
    await engine.on_chunk(CALLS0, chunk(0, 9))
    assert engine.resume_at() == {}
    assert (engine.owned(), engine.durable(CALLS0)) == ([], None)


async def test_an_assignment_is_recovered_and_then_resumed_at_the_cursors() -> None:
    engine, owned = new_engine(), owned_unit(first=42)
    recovery = recovering(engine, [owned])
    await engine.on_assigned(FakeConsumer([CALLS0]))
    assert recovery.assignments == [[CALLS0]]
    assert engine.resume_at() == {CALLS0: 42}
    assert engine.telemetry.assignments == 1


async def test_a_recovery_that_fails_ends_the_worker() -> None:
    engine = new_engine()
    recovering(engine, []).error = OSError("no broker")
    with pytest.raises(OSError, match="no broker"):
        await engine.on_assigned(FakeConsumer())
    assert isinstance(engine.failure.exception(), OSError)


async def test_a_chunk_is_applied_once_and_only_where_it_is_owned() -> None:
    engine, owned, _ = await assigned()
    for _ in range(2):
        await engine.on_chunk(CALLS0, chunk(0, 9))
    await engine.on_chunk(OTHER, chunk(0, 9))
    assert owned.next_offset == 10
    assert engine.telemetry.fetched_again == {"calls": 10}
    assert engine.resume_at() == {CALLS0: 10}
    assert engine.durable(CALLS0) == 0  # nothing is written yet


async def test_a_hole_is_fetched_again_once_a_seek_however_many_chunks_follow_it() -> None:
    engine, owned, consumer = await assigned()
    await engine.on_chunk(CALLS0, chunk(5, 9))
    await engine.on_chunk(CALLS0, chunk(10, 14))  # fetched before the seek took effect
    assert consumer.sought == [(CALLS0, 0)]
    await engine.on_chunk(CALLS0, chunk(0, 14, seeks=1))
    assert owned.next_offset == 15
    assert engine.telemetry.holes == 1


async def test_records_that_do_not_exist_end_the_worker() -> None:
    engine, _, consumer = await assigned()
    for seeks in range(_HOLES_AT_ONE_OFFSET):
        await engine.on_chunk(CALLS0, chunk(5, 9, seeks))
    with pytest.raises(HoleError, match="x-calls-0: records 0 to 4 do not exist"):
        await engine.on_chunk(CALLS0, chunk(5, 9, _HOLES_AT_ONE_OFFSET))
    assert isinstance(engine.failure.exception(), HoleError)
    assert len(consumer.sought) == _HOLES_AT_ONE_OFFSET


async def test_holes_with_progress_in_between_are_no_reason_to_end() -> None:
    engine, owned, _ = await assigned()
    for seeks in range(3 * _HOLES_AT_ONE_OFFSET):
        at = owned.next_offset
        await engine.on_chunk(CALLS0, chunk(at + 5, at + 9, seeks))
        await engine.on_chunk(CALLS0, chunk(at, at + 9, seeks + 1))
    assert not engine.failure.done()


async def test_a_bug_in_the_core_ends_the_worker() -> None:
    engine, _, _ = await assigned()
    with pytest.raises(ValueError, match="a bug in the core"):
        await engine.on_chunk(CALLS0, Chunk([Fetched(0, value=b"boom")], 0))
    assert isinstance(engine.failure.exception(), ValueError)
    assert engine.resume_at() == {}


async def test_a_revocation_checkpoints_then_commits_then_forgets() -> None:
    engine, owned, consumer = await assigned()
    await engine.on_chunk(CALLS0, chunk(0, 9))
    durable_at_commit: list[int | None] = []

    async def commit() -> None:
        durable_at_commit.append(engine.durable(CALLS0))

    replaced: Any = consumer
    replaced.commit = commit
    await engine.on_revoked()
    assert durable_at_commit == [10]
    assert isinstance(owned.writer, FakeWriter)
    assert owned.writer.closed
    assert (engine.owned(), engine.resume_at()) == ([], {})
    assert not engine.failure.done()


async def test_a_revocation_whose_checkpoint_fails_ends_the_worker_and_commits_nothing() -> None:
    engine, owned, consumer = await assigned()
    await engine.on_chunk(CALLS0, chunk(0, 9))
    assert isinstance(owned.writer, FakeWriter)
    owned.writer.error = OSError("broker gone")
    await engine.on_revoked()
    assert isinstance(engine.failure.exception(), OSError)
    assert consumer.calls == []
    assert engine.owned() == []


async def test_during_a_revocation_no_chunk_is_applied() -> None:
    engine, owned, _ = await assigned()
    await engine.on_chunk(CALLS0, chunk(0, 9))
    assert isinstance(owned.writer, FakeWriter)
    gate = owned.writer.gate = asyncio.Event()
    revocation = asyncio.create_task(engine.on_revoked())
    await asyncio.sleep(0)
    await engine.on_chunk(CALLS0, chunk(10, 19))
    gate.set()
    await revocation
    assert owned.next_offset == owned.durable == 10


async def test_a_revocation_of_nothing_commits_nothing() -> None:
    engine, consumer = new_engine(), FakeConsumer()
    recovering(engine, [])
    await engine.on_assigned(consumer)
    await engine.on_revoked()
    assert consumer.calls == []


async def test_lag_is_what_is_not_applied_and_unknown_ends_count_as_none() -> None:
    engine, _, consumer = await assigned()
    assert engine.lag() == {"calls-0": 0}
    consumer.ends[CALLS0] = 30
    await engine.on_chunk(CALLS0, chunk(0, 9))
    assert engine.lag() == {"calls-0": 20}
    assert engine.total_lag() == 20


async def test_the_first_failure_is_the_one_that_counts() -> None:
    engine, _, _ = await assigned()
    engine.fail(OSError("first"))
    engine.fail(ValueError("second"))
    assert str(engine.failure.exception()) == "first"
