"""The shell around groups and outbox: what holds in memory, and what is written when."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest

from schemas.messages import OutgoingMessage
from schemas.millis import HOUR, SECOND
from streams.sinks.deliver.deliverer import UNREACHED_AFTER_MS, Deliverer
from streams.sinks.deliver.message_log import MessageLog, NotWrittenError
from streams.sinks.deliver.status import DeliverStatus
from tests.support.delivery import LINKS, NOON, Files, Hands, owners, posted, targets, telling


class Log:
    """A topic in memory, which may refuse."""

    def __init__(self) -> None:
        self.written: list[OutgoingMessage] = []
        self.refuses = False

    async def read(self) -> list[OutgoingMessage]:
        return list({each.message_id: each for each in self.written}.values())

    async def write(self, messages: Sequence[OutgoingMessage]) -> None:
        if self.refuses:
            raise NotWrittenError("Kafka does not answer")
        self.written += messages

    async def write_in_the_end(self, messages: Sequence[OutgoingMessage]) -> None:
        await self.write(messages)

    async def close(self) -> None:
        pass

    def states(self) -> list[str]:
        return [each.state for each in self.written]


class World:
    def __init__(self) -> None:
        self.log, self.hands, self.status = Log(), Hands(), DeliverStatus()
        self.now = NOON
        found = targets("water", "json://127.0.0.1", "json://127.0.0.2")
        self.files = Files(owners("water"), found)
        self.deliverer = self.started()

    def started(self) -> Deliverer:
        self.status = DeliverStatus()
        return Deliverer(
            self.files, self.hands, cast(MessageLog, self.log), self.status, lambda: self.now, LINKS
        )


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Deliverer]:
    task = asyncio.create_task(world.deliverer.run())
    await until(lambda: world.status.ready)
    try:
        yield world.deliverer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def test_a_message_is_in_the_topic_before_anybody_is_told_and_sent_after() -> None:
    world = World()
    async with running(world) as deliverer:
        await deliverer.accept(telling("a"))
        await until(lambda: len(world.log.written) == 4)
    assert world.log.states()[:2] == ["queued", "queued"]
    assert sorted(world.log.states()[2:]) == ["sent", "sent"]
    assert sorted(name for name, _ in world.hands.sent) == ["json, line 1", "json, line 2"]
    assert (world.status.ended, world.status.queued) == ({"sent": 2}, 0)


async def test_what_kafka_did_not_take_is_refused_and_told_to_nobody() -> None:
    world = World()
    async with running(world) as deliverer:
        world.log.refuses = True
        with pytest.raises(NotWrittenError):
            await deliverer.accept(telling("a"))
        assert deliverer.outbox.messages == ()
        world.log.refuses = False
        await deliverer.accept(telling("a"))
        await until(lambda: len(world.hands.sent) == 2)
    assert world.log.states().count("queued") == 2


async def test_a_start_sends_what_was_queued_and_nothing_that_was_sent() -> None:
    world = World()
    world.hands.refuses = {"json, line 2"}
    async with running(world) as deliverer:
        await deliverer.accept(telling("a"))
        await until(lambda: world.status.failed_attempts)
        await until(lambda: len(world.hands.sent) == 1)
    world.hands.refuses = set()
    world.now += 10 * SECOND
    world.deliverer = world.started()
    async with running(world):
        await until(lambda: len(world.hands.sent) == 2)
        await until(lambda: world.status.ended.get("sent") == 1)
    assert sorted(name for name, _ in world.hands.sent) == ["json, line 1", "json, line 2"]


async def test_a_hand_over_under_way_is_noted_before_the_end() -> None:
    world = World()
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    send = world.hands.send

    def slowly(target: Any, text: Any) -> str:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(20)
        return send(target, text)

    world.hands.send = slowly  # type: ignore[method-assign]
    task = asyncio.create_task(world.deliverer.run())
    await until(lambda: world.status.ready)
    await world.deliverer.accept(telling("a"))
    await until(lambda: len(world.deliverer._under_way) == 2)
    task.cancel()
    await asyncio.sleep(0)
    gate.set()
    with suppress(asyncio.CancelledError):
        await task
    assert world.log.states().count("sent") == 2


async def test_groups_are_told_when_their_time_has_come_and_again_if_kafka_was_away() -> None:
    world = World()
    async with running(world) as deliverer:
        deliverer.groups.post([posted("a", world.now), posted("b", world.now)], world.now)
        world.log.refuses = True
        world.now += 10 * SECOND
        await until(lambda: "does not answer" in world.status.detail)
        assert world.hands.sent == []
        world.log.refuses = False
        await until(lambda: len(world.hands.sent) == 2)
    assert all("+1 more" in text.title for _, text in world.hands.sent)


async def test_the_test_of_an_owner_waits_until_each_target_took_it_or_not() -> None:
    world = World()
    world.hands.refuses = {"json, line 2"}
    async with running(world) as deliverer:
        from msgspec.structs import replace

        found = await deliverer.test(replace(telling("a"), is_test=True), 20)
    assert [(each.target, each.state, each.reason) for each in found] == [
        ("json, line 1", "sent", ""), ("json, line 2", "failed", "no connection"),
    ]  # fmt: skip


async def test_addresses_that_change_are_served_without_a_start() -> None:
    world = World()
    world.hands.refuses = {"json, line 1"}
    async with running(world) as deliverer:
        await deliverer.accept(telling("a"))
        await until(lambda: world.status.failed_attempts)
        assert world.status.failing_since.keys() == {("water", "json, line 1")}
        world.hands.refuses = set()
        corrected = targets("water", "json://127.0.0.9", "json://127.0.0.2", "json://127.0.0.3")
        world.files.change(owners("water", "power"), corrected)
        await until(lambda: len(world.hands.sent) == 2)
        await until(lambda: world.status.failing_since == {})
        assert len(world.status.targets) == 3
        await deliverer.accept(telling("a", "b"))
        await until(lambda: len(world.hands.sent) == 5)
        world.files.change(owners("power"), [])
        await until(lambda: world.status.targets == ())
        with pytest.raises(NotWrittenError, match='no owner "water"'):
            await deliverer.accept(telling("c"))


async def test_whom_every_address_fails_for_a_minute_it_does_not_reach() -> None:
    world = World()
    world.files.change(
        owners("water", 'day: hours = "Mon 00:00-00:01"; out_of_hours = "water"', "none"),
        [
            *targets("water", "json://127.0.0.1", "json://127.0.0.2"),
            *targets("day", "json://127.0.0.3"),
        ],
    )
    world.deliverer = world.started()
    async with running(world) as deliverer:
        assert deliverer.reached(world.now) == ["water", "day"]
        world.status.failing_since = {("water", "json, line 1"): NOON}
        assert deliverer.reached(NOON + HOUR) == ["water", "day"]  # the other line takes
        world.status.failing_since |= {("water", "json, line 2"): NOON + SECOND}
        assert deliverer.reached(NOON + UNREACHED_AFTER_MS) == ["water", "day"]
        assert (
            deliverer.reached(NOON + UNREACHED_AFTER_MS + SECOND) == []
        )  # who is told for `day` now


async def test_a_mistake_in_the_files_is_in_the_status_while_it_lasts() -> None:
    world = World()
    async with running(world):
        world.files.problem = "queues.toml: a mistake"
        await until(lambda: world.status.refused == "queues.toml: a mistake")
        world.files.problem = ""
        await until(lambda: world.status.refused == "")


async def test_in_the_place_of_alertmanager_it_says_whom_nobody_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    async with running(world) as deliverer:
        assert len(world.status.untold) == 0  # behind Alertmanager others may tell them
        world.files.change(owners("water", "mute"), targets("water", "json://127.0.0.1"))
        await until(lambda: "mute" in deliverer.owners)
        deliverer.post([posted("a", world.now, owner="mute")], world.now)
        assert list(world.status.untold) == ["mute", "queuewatch"]
        world.now += 10 * SECOND
        await until(lambda: "mute: nobody is told: no deliver_file: page {" in caplog.text)
    assert "nobody tells where no Alertmanager does: mute, queuewatch" in caplog.text
