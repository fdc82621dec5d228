"""What changed is published, in the partition of its unit; a broker that is away costs a round."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaError

from schemas.codec import decode_as
from schemas.snapshots import QueueSnapshot
from streams.core.unit import SnapshotSource
from streams.wiring import snapshots
from streams.wiring.options import StreamOptions
from streams.wiring.snapshots import EVERY_S, SHORTEST_REST_S, SnapshotPublisher, rest_after
from tests.support.fake_writer import fetched
from tests.support.toy_unit import ToyUnit


class Producer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, int, QueueSnapshot]] = []
        self.error: KafkaError | None = None

    async def start(self) -> None:
        """It is there."""

    async def stop(self) -> None:
        """It was there."""

    async def send(
        self, topic: str, value: bytes, *, key: bytes, partition: int
    ) -> asyncio.Future[None]:
        if self.error is not None:
            raise self.error
        self.sent.append((topic, key, partition, decode_as(QueueSnapshot, value)))
        delivery: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        delivery.set_result(None)
        return delivery


def changed_unit(number: int) -> ToyUnit:
    unit = ToyUnit("calls", number, 1)
    unit.start(0)
    unit.apply(fetched(0, 2))
    unit.checkpoint()
    return unit


def publisher(sources: list[SnapshotSource]) -> SnapshotPublisher:
    return SnapshotPublisher(
        StreamOptions("nowhere:1", "x-"), lambda: 7, lambda: sources, lambda: 0
    )


async def test_each_change_is_published_once_in_its_own_partition() -> None:
    producer: Any = Producer()
    made = publisher([changed_unit(3), changed_unit(4)])
    for _ in range(2):
        await made._round(producer)
    assert [(topic, key, number) for topic, key, number, _ in producer.sent] == [
        ("x-snapshots", b"q1", 3),
        ("x-snapshots", b"q1", 4),
    ]
    assert producer.sent[0][3].waiting == 3
    assert (made.published, made.failed) == (2, 0)


async def test_a_failure_is_counted_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    producer: Any = Producer()
    producer.error = KafkaError("away")
    made = publisher([changed_unit(3)])
    await made._round(producer)
    assert (made.published, made.failed) == (0, 1)
    assert "snapshots were not published: KafkaError" in caplog.text


async def test_unexplained_legs_of_lost_queues_are_forgotten() -> None:
    producer: Any = Producer()
    sources: list[SnapshotSource] = [changed_unit(3)]
    made = SnapshotPublisher(
        StreamOptions("nowhere:1"), lambda: 7, lambda: list(sources), lambda: 0
    )
    await made._round(producer)
    assert made.unexplained == {"q1": 0}
    sources.clear()
    await made._round(producer)
    assert made.unexplained == {}


async def test_units_that_were_not_sent_when_the_broker_went_are_sent_in_the_next_round() -> None:
    producer: Any = Producer()
    producer.error = KafkaError("away")
    made = publisher([changed_unit(3), changed_unit(4)])
    await made._round(producer)
    producer.error = None
    await made._round(producer)
    assert [number for _, _, number, _ in producer.sent] == [4]
    assert (made.published, made.failed) == (1, 1)


async def test_a_change_is_published_without_waiting_for_the_next_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    producer: Any = Producer()
    monkeypatch.setattr(snapshots, "AIOKafkaProducer", lambda **_: producer)
    monkeypatch.setattr(snapshots, "EVERY_S", 3600.0)
    unit = changed_unit(3)
    made = publisher([unit])
    running = asyncio.create_task(made.run())
    async with asyncio.timeout(30):
        while made.published < 1:
            await asyncio.sleep(0.01)
        unit.apply(fetched(2, 4))
        unit.checkpoint()
        made.changed()
        while made.published < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_it_looks_by_the_clock_and_never_later_than_promised() -> None:
    now = 0
    made = SnapshotPublisher(StreamOptions("nowhere:1", "x-"), lambda: now, list, lambda: 0)
    for now in (0, 1, 40, 99, 100, 1_999, 2_000):
        assert (now + 1000 * made._until_next_s()) % (1000 * EVERY_S) == 0
        assert 0 < made._until_next_s() <= EVERY_S


def test_dear_rounds_leave_time_for_events() -> None:
    assert rest_after(0.0) == rest_after(SHORTEST_REST_S) == SHORTEST_REST_S
    assert rest_after(0.06) == 0.06
    assert rest_after(5.0) == EVERY_S
