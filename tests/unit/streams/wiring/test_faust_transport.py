"""Chunks instead of events, offsets of the units instead of acknowledgements, and the order of calls."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.wiring.consumer import Chunk
from streams.wiring.engine import Engine
from streams.wiring.faust_app import create_consumer
from streams.wiring.faust_transport import CHUNK, BatchApp, BatchConsumer, BatchConsumerThread
from tests.support.engines import CALLS0, OPTIONS, new_engine, owned_unit

TP0 = TP("x-calls", 0)


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("x-calls", 0, offset, 1, 0, b"q1", b"7", None, 2, 1, ())


def made() -> tuple[Any, Engine]:
    """A consumer that is never started: what it fetches and seeks is up to the test."""
    engine = new_engine()
    behind_the_port: Any = create_consumer(OPTIONS, engine)
    consumer = behind_the_port._app.consumer
    assert isinstance(consumer, BatchConsumer)
    return consumer, engine


async def chunks(consumer: Any, records: dict[TP, list[Any]]) -> list[Chunk]:
    async def fetch(_: float) -> tuple[dict[TP, list[Any]], set[TP]]:
        return records, set()

    consumer._wait_next_records = fetch
    return [message.value async for _, message in consumer.getmany(1.0)]


async def test_a_fetch_comes_in_chunks_that_say_how_often_the_partition_was_sought() -> None:
    consumer, _ = made()
    consumer.flow_active = True
    consumer.seeks[CALLS0] = 2
    first, second = await chunks(consumer, {TP0: [record(at) for at in range(CHUNK + 3)]})
    assert (len(first.records), len(second.records)) == (CHUNK, 3)
    assert second.records[0].offset == CHUNK
    assert {first.seeks, second.seeks} == {2}


async def test_a_chunk_that_was_fetched_before_a_seek_says_so() -> None:
    consumer, _ = made()
    consumer.flow_active = True
    fetched: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def fetch(_: float) -> tuple[dict[TP, list[Any]], set[TP]]:
        await fetched
        return {TP0: [record(0)]}, set()

    async def seek_wait(_: object) -> None:
        """There."""

    async def first_chunk() -> Chunk:
        _, message = await anext(consumer.getmany(1.0))
        found: Chunk = message.value
        return found

    consumer._wait_next_records, consumer.seek_wait = fetch, seek_wait
    fetching = asyncio.create_task(first_chunk())
    await asyncio.sleep(0.05)  # longer than its nap
    await consumer.seek_again(CALLS0, 0)
    fetched.set_result(None)
    assert (await fetching).seeks == 0
    assert consumer.seeks[CALLS0] == 1


async def test_while_the_flow_is_paused_nothing_is_handed_on_and_the_fetch_is_sought_again() -> (
    None
):
    consumer, _ = made()
    consumer.flow_active = False
    sought: list[str] = []

    async def perform_seek() -> None:
        sought.append("again")

    consumer.perform_seek = perform_seek
    assert await chunks(consumer, {TP0: [record(0)]}) == []
    assert sought == ["again"]


async def test_offsets_to_commit_are_those_of_the_units() -> None:
    consumer, engine = made()
    engine.units.install([owned_unit(first=42)])
    assert list(consumer._filter_tps_with_pending_acks()) == [TP0]
    assert consumer._new_offset(TP0) == 42
    assert consumer._new_offset(TP("x-calls", 1)) is None


async def test_after_the_committed_offsets_the_cursors_are_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer, engine = made()
    sought: list[object] = []

    async def to_committed(_: object) -> dict[TP, int]:
        sought.append("committed")
        return {TP0: 3}

    async def seek_wait(offsets: object) -> None:
        sought.append(offsets)

    monkeypatch.setattr(driver.Consumer, "seek_to_committed", to_committed)
    consumer.seek_wait = seek_wait
    await consumer.seek_to_committed()
    assert sought == ["committed"]  # nothing is recovered yet
    engine.units.install([owned_unit(first=42)])
    await consumer.seek_to_committed()
    assert sought[1:] == ["committed", {TopicPartition("x-calls", 0): 42}]


async def test_at_a_revocation_the_units_let_go_before_faust_forgets_its_offsets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer, engine = made()
    order: list[str] = []

    async def ours() -> None:
        order.append("units")

    async def theirs(_: object, __: set[TP]) -> None:
        order.append("faust")

    replaced: Any = engine
    replaced.on_revoked = ours
    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", theirs)
    await consumer.on_partitions_revoked({TP0})
    assert order == ["units", "faust"]


async def test_a_commit_waits_for_the_one_that_is_under_way() -> None:
    consumer, _ = made()
    order: list[str] = []

    async def wait() -> None:
        order.append("wait")

    async def commit() -> None:
        order.append("commit")

    consumer.maybe_wait_for_commit_to_finish, consumer.force_commit = wait, commit
    await consumer.commit_now()
    assert order == ["wait", "commit"]


async def test_a_seek_never_makes_faust_drop_what_it_asked_for() -> None:
    consumer, _ = made()
    consumer._read_offset[TP0] = 7
    consumer._read_offset.update({TP0: 7})
    assert consumer._read_offset[TP0] is None


def test_its_services_do_not_log_as_ours() -> None:
    for service in (BatchApp, BatchConsumer, BatchConsumerThread):
        logger: Any = service.logger
        assert logger.name.startswith("faust."), service
