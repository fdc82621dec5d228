"""A checkpoint is one transaction in one partition, and is committed after every delivery."""

import asyncio
from typing import Any

import pytest

from streams.core.unit import Checkpoint, Output
from streams.wiring.options import StreamOptions
from streams.wiring.transactions import _SETTINGS, CheckpointWriter

OPTIONS = StreamOptions("nowhere:1", "x-")
CHECKPOINT = Checkpoint(
    [(b"calls|a", b"1"), (b"calls|b", None)],
    [Output("legs", b"q", b"1"), Output("legs", b"q", b"2")],
)


class Batch:
    """Takes two records."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes | None]] = []

    def append(self, *, key: bytes, value: bytes | None, timestamp: None) -> object | None:
        if len(self.records) == 2:
            return None
        self.records.append((key, value))
        return self

    def close(self) -> None:
        """Nothing more is appended."""


class Producer:
    """Notes what it is asked, in order; `deliveries` are as the test makes them."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.sent: dict[tuple[str, int], list[Any]] = {}
        self.deliveries: list[asyncio.Future[None]] = []
        self.read: dict[Any, Any] = {}

    async def send_offsets_to_transaction(self, offsets: dict[Any, int], group: str) -> None:
        self.log.append("read")
        self.read = {**offsets, "group": group}

    async def begin_transaction(self) -> None:
        self.log.append("begin")

    async def commit_transaction(self) -> None:
        self.log.append("commit")

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[None]:
        self.log.append("send")
        self.sent.setdefault((topic, partition), []).extend(batch.records)
        delivery: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.deliveries.append(delivery)
        return delivery


def writer(producer: Producer, *, reports: bool = False) -> CheckpointWriter:
    made = CheckpointWriter.__new__(CheckpointWriter)
    replaced: Any = made
    replaced._options, replaced._partition, replaced._producer = OPTIONS, 3, producer
    replaced._reports = reports
    return made


async def test_everything_is_delivered_to_one_partition_before_the_commit() -> None:
    producer = Producer()
    writing = asyncio.create_task(writer(producer).write(CHECKPOINT))
    while len(producer.deliveries) < 2:
        await asyncio.sleep(0)
    producer.deliveries[0].set_result(None)
    for _ in range(5):
        await asyncio.sleep(0)
    assert producer.log == ["begin", "send", "send"]
    producer.deliveries[1].set_result(None)
    assert await writing == 4
    assert producer.log[-1] == "commit"
    assert producer.sent == {
        ("x-state", 3): [(b"calls|a", b"1"), (b"calls|b", None)],
        ("x-legs", 3): [(b"q", b"1"), (b"q", b"2")],
    }


async def test_reports_of_all_units_go_to_one_partition() -> None:
    producer = Producer()
    told = Checkpoint([(b"calls|a", b"1")], [Output("reports", b"leak", b"1")])
    writing = asyncio.create_task(writer(producer).write(told))
    while len(producer.deliveries) < 2:
        await asyncio.sleep(0)
    for delivery in producer.deliveries:
        delivery.set_result(None)
    await writing
    assert producer.sent.keys() == {("x-state", 3), ("x-reports", 0)}


async def test_how_far_reports_is_read_is_committed_with_what_was_decided() -> None:
    for reports, expected in (
        (True, ["begin", "send", "read", "commit"]),
        (False, ["begin", "send", "commit"]),
    ):
        producer = Producer()
        told = Checkpoint([(b"reports|a", b"1")], [])
        writing = asyncio.create_task(writer(producer, reports=reports).write(told, 7))
        while not producer.deliveries:
            await asyncio.sleep(0)
        producer.deliveries[0].set_result(None)
        await writing
        assert producer.log == expected
        assert producer.read == (
            {("x-reports", 3): 7, "group": "x-queuewatch-reports"} if reports else {}
        )


async def test_a_batch_that_fails_is_not_committed() -> None:
    producer = Producer()
    writing = asyncio.create_task(writer(producer).write(CHECKPOINT))
    while len(producer.deliveries) < 2:
        await asyncio.sleep(0)
    producer.deliveries[0].set_result(None)
    producer.deliveries[1].set_exception(OSError("not delivered"))
    with pytest.raises(OSError, match="not delivered"):
        await writing
    assert "commit" not in producer.log


async def test_more_than_a_batch_holds_goes_in_several() -> None:
    producer = Producer()
    pieces: list[tuple[bytes, bytes | None]] = [(b"%d" % number, b"x") for number in range(5)]
    writing = asyncio.create_task(writer(producer).write(Checkpoint(pieces, [])))
    while len(producer.deliveries) < 3:
        await asyncio.sleep(0)
    for delivery in producer.deliveries:
        delivery.set_result(None)
    assert await writing == 5
    assert producer.sent["x-state", 3] == pieces


def test_a_request_ends_before_its_transaction_and_that_before_we_give_up() -> None:
    request, transaction = _SETTINGS["request_timeout_ms"], _SETTINGS["transaction_timeout_ms"]
    assert request < transaction < OPTIONS.transaction_s * 1_000
