"""The life of a worker over a consumer without a broker: what ends it, with which code and line."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaError, ProducerFenced

from schemas.health import Health
from streams.core.across_queues import OpenAcross
from streams.core.profiles import Profiles
from streams.wiring import runner
from streams.wiring.consumer import ConsumerListener
from streams.wiring.deadlines import AFTER_CHECKPOINT_S
from streams.wiring.engine import Engine, HoleError
from streams.wiring.options import StreamOptions
from streams.wiring.runner import NotYetError, Parts
from tests.support.engines import FACTORIES, OPTIONS, NoRoster, owned_unit
from tests.support.fake_consumer import FakeConsumer
from tests.support.fake_writer import FakeWriter, fetched


class Reporter:
    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """The ends by force that were asked for: here they would end the tests."""
    asked: list[tuple[float, int]] = []
    monkeypatch.setattr(runner, "exit_within", lambda limit_s, code: asked.append((limit_s, code)))
    monkeypatch.setattr(runner, "only_ours", lambda: None)
    return asked


def worker(**changes: Any) -> tuple[Any, Engine, FakeConsumer]:
    """A worker that owns one unit with ten records to write."""
    made = FakeConsumer()

    def consumer(_: StreamOptions, __: ConsumerListener) -> FakeConsumer:
        return made

    parts = Parts(
        now=lambda: 0,
        consumer=consumer,
        factories=FACTORIES,
        roster=NoRoster(),
        profiles=Profiles(),
        across=OpenAcross(),
        check=lambda: None,
        render=lambda _: b"",
        reporter=lambda _: Reporter(),
        **changes,
    )
    alive = runner._Worker(OPTIONS, parts)
    engine = alive._engine
    owned = owned_unit()
    engine.units.install([owned])
    engine._consumer = made
    owned.apply(fetched(0, 9))
    return alive, engine, made


async def test_a_signal_is_a_last_checkpoint_a_commit_and_code_0(
    limits: list[tuple[float, int]],
) -> None:
    alive, engine, consumer = worker()
    (owned,) = engine.units.owned.values()
    alive.deadline.code = 1
    alive.stopping.set()
    assert await alive._until_the_end() == 0
    assert owned.durable == 10
    assert consumer.calls == ["commit", "stop"]
    assert alive.deadline.code == 0
    assert limits == [(AFTER_CHECKPOINT_S, 0)]


async def test_a_stop_without_its_last_checkpoint_is_code_1(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alive, engine, consumer = worker()
    (owned,) = engine.units.owned.values()
    assert isinstance(owned.writer, FakeWriter)
    owned.writer.error = OSError("broker gone")
    alive.stopping.set()
    assert await alive._until_the_end() == 1
    assert consumer.calls == []
    assert "no last checkpoint: OSError: broker gone" in caplog.text


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (HoleError("records 1 to 2 do not exist"), "ending: HoleError: records 1 to 2"),
        (ProducerFenced(), "another one has the name stream-1"),
        (ValueError("oops"), "ending: a bug"),
    ],
)
async def test_a_failure_is_one_line_and_code_1(
    error: Exception, line: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "AFTER_FAILURE_S", 0.01)
    alive, engine, consumer = worker()
    engine.fail(error)
    assert await alive._until_the_end() == 1
    assert line in caplog.text
    assert consumer.calls == ["stop"]  # nothing is committed any more


async def test_a_consumer_that_ends_by_itself_is_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alive, _, consumer = worker()
    consumer.ended.set_result(TimeoutError("no coordinator"))
    assert await alive._until_the_end() == 1
    assert "ending: TimeoutError: no coordinator" in caplog.text


async def test_a_failure_before_the_signal_is_the_reason() -> None:
    alive, engine, consumer = worker()
    engine.fail(OSError("broker gone"))
    alive.stopping.set()
    assert await alive._until_the_end() == 1
    assert consumer.calls == ["stop"]


async def test_of_two_of_one_name_the_fenced_one_says_so_and_leaves_with_code_2(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[Health] = []

    def namesake(mine: Health) -> str | None:
        asked.append(mine)
        return "another stream-1 is running" if len(asked) > 1 else None

    alive, engine, _ = worker(namesake=namesake)
    engine.fail(KafkaError("code 90"))
    assert await alive._until_the_end() == 2
    assert "ending: another stream-1 is running" in caplog.text


async def test_while_kafka_is_away_it_waits_and_says_so_and_a_signal_ends_that() -> None:
    alive, _, consumer = worker()

    def check() -> None:
        raise NotYetError("Kafka does not answer")

    alive._parts = Parts(
        **{name: getattr(alive._parts, name) for name in Parts.__slots__} | {"check": check}
    )
    life = asyncio.create_task(alive.live())
    while alive.healthz().state != "waiting_for_kafka":
        await asyncio.sleep(0.01)
    report = alive.healthz()
    assert (report.ready, report.detail) == (False, "Kafka does not answer")
    alive.stopping.set()
    assert await life == 0
    assert consumer.calls == []
