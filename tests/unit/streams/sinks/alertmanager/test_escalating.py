"""What was taken holds at once, and is written until Kafka has it."""

import asyncio

import pytest
from msgspec.structs import replace

from schemas.codec import decode_as
from schemas.commands import Notified
from schemas.commands_book import CommandsBook
from schemas.millis import MINUTE
from schemas.queues_toml import parse_queues
from streams.sinks.alertmanager import escalating
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.escalating import Escalating
from tests.support.alerts import NOON, alert

HOOK = 'webhook = "http://127.0.0.1:9095/"\n'
FILE = f'[owners.billing-duty]\n{HOOK}escalate_to = "all"\nescalate_after = "5m"\n[owners.lead]\n{HOOK}'
OWNERS = {owner.name: owner for owner in parse_queues(FILE, {}).owners}
TOLD = Known(alert(), NOON, NOON, posted=alert(), posted_at=NOON)


async def test_a_step_is_written_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalating, "_FIRST_PAUSE_S", 0.001)
    answers = ["Kafka does not answer", "Kafka does not answer"]
    written: list[Notified] = []
    done = asyncio.Event()

    async def write(_: bytes, value: bytes) -> str:
        if answers:
            return answers.pop()
        written.append(decode_as(Notified, value))
        done.set()
        return ""

    work, book = Escalating(lambda: OWNERS, write), CommandsBook()
    running = asyncio.create_task(work.run())
    (first,) = work.take([TOLD], book, NOON)
    assert book.notified(alert()) == [first]  # before it is written
    async with asyncio.timeout(60):
        await done.wait()
    assert written == [first]
    done.clear()
    (second,) = work.take([TOLD], book, NOON + 5 * MINUTE)
    async with asyncio.timeout(60):
        await done.wait()
    assert written == [first, second]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def never(_: bytes, __: bytes) -> str:
    raise AssertionError


async def test_who_was_told_late_is_not_passed_over() -> None:
    """Alertmanager was away when the step came: the time of the next one counts from when it had it."""
    work, book = Escalating(lambda: OWNERS, never), CommandsBook()
    for after_ms in (0, 5 * MINUTE):
        work.take([TOLD], book, NOON + after_ms)
    second = book.notified(alert())[-1]
    work.accepted(alert().alert_id, book, NOON + 25 * MINUTE)
    assert book.notified(alert())[-1] == replace(second, at=NOON + 25 * MINUTE)
    work.accepted(alert().alert_id, book, NOON + 26 * MINUTE)  # sent again
    assert book.notified(alert())[-1].at == NOON + 25 * MINUTE


async def test_who_was_told_at_once_keeps_the_time_of_the_step() -> None:
    work, book = Escalating(lambda: OWNERS, never), CommandsBook()
    for after_ms in (0, 5 * MINUTE):
        work.take([TOLD], book, NOON + after_ms)
    work.accepted(alert().alert_id, book, NOON + 5 * MINUTE + 40)
    assert book.notified(alert())[-1].at == NOON + 5 * MINUTE
