"""Records of the audit outlive an outage of Kafka, in their order, and none is lost in silence."""

import asyncio

import pytest

from dashboards.wallboard.audit_queue import MOST_WAITING, AuditQueue
from schemas.audit import AuditRecord, audit_record


def record(number: int) -> AuditRecord:
    return audit_record(
        at=number, who="Ann", role="viewer", from_address="::1", action="log_in", outcome="done"
    )


class Kafka:
    def __init__(self) -> None:
        self.problem = ""
        self.kept: list[int] = []
        self.asked = asyncio.Event()

    async def write(self, one: AuditRecord) -> str:
        self.asked.set()
        if not self.problem:
            self.kept.append(one.at)
        return self.problem


async def emptied(queue: AuditQueue) -> None:
    while queue.waiting:
        await asyncio.sleep(0)


async def test_what_waits_is_written_in_order_once_kafka_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kafka = Kafka()
    kafka.problem = "no answer from Kafka"
    queue = AuditQueue(kafka.write, again_s=0.001)
    running = asyncio.create_task(queue.run())
    for number in range(3):
        queue.keep(record(number))
    await kafka.asked.wait()
    kafka.problem = ""
    await emptied(queue)
    queue.keep(record(3))
    await emptied(queue)
    running.cancel()
    assert kafka.kept == [0, 1, 2, 3]
    assert [each.message for each in caplog.records] == [
        "the audit waits: no answer from Kafka; trying again"
    ]


async def test_a_record_has_one_id_however_often_it_is_written() -> None:
    tried: list[str] = []

    async def no_answer_at_first(one: AuditRecord) -> str:
        tried.append(one.record_id)
        return "no answer" if len(tried) == 1 else ""

    queue = AuditQueue(no_answer_at_first, again_s=0.001)
    running = asyncio.create_task(queue.run())
    queue.keep(record(1))
    queue.keep(record(1))  # an act of its own
    await emptied(queue)
    running.cancel()
    first, again, other = tried
    assert first == again != other
    assert first


async def test_memory_is_bounded_and_what_is_lost_is_said(caplog: pytest.LogCaptureFixture) -> None:
    kafka = Kafka()
    queue = AuditQueue(kafka.write)
    for number in range(MOST_WAITING + 5):
        queue.keep(record(number))
    assert (queue.waiting, queue.lost) == (MOST_WAITING, 5)
    assert len(caplog.records) == 1
    await queue.drain(within_s=10)
    assert kafka.kept == list(range(MOST_WAITING))


async def test_what_cannot_be_written_in_the_end_is_said(caplog: pytest.LogCaptureFixture) -> None:
    kafka = Kafka()
    queue = AuditQueue(kafka.write)
    queue.keep(record(1))
    kafka.problem = "no answer"
    await queue.drain(within_s=10)
    assert "1 records of the audit could not be written" in caplog.text
