"""What a look of the prober does: each stage is asked once it is due, and what fails is said once, without its address."""

import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiokafka.errors import KafkaConnectionError

from schemas.health import Health
from schemas.millis import MINUTE, SECOND
from streams.plumbing.http_place import HttpPlace
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.prober import Prober
from streams.sinks.alertmanager.probing import Probing
from tests.support.alerts import NOON
from tests.unit.streams.sinks.alertmanager.test_probing import answer, message, reported

SECRET = "a-secret-of-the-tests"


class World:
    """Kafka, Alertmanager and the heartbeat outside, each with the answers that it gives next; all is well after these."""

    def __init__(self) -> None:
        self.now = NOON
        self.probing = Probing()
        self.away: list[Exception] = []  # of Kafka
        self.codes: dict[str, list[int]] = {"pager": [], "beat": []}
        self.asked: list[str] = []

    def hear(self, health: Health) -> None:
        self.probing.heard(health, self.now)

    async def send(self, probe: int) -> frozenset[int]:
        self.asked.append(f"probe {(probe - NOON) // SECOND}")
        if self.away:
            raise self.away.pop(0)
        return frozenset({0})

    async def pager(self, request: web.Request) -> web.Response:
        (alert,) = await request.json()
        self.asked.append(f"told {(int(alert['annotations']['probe']) - NOON) // SECOND}")
        return self._code("pager")

    async def beat(self, _: web.Request) -> web.Response:
        self.asked.append("beat")
        return self._code("beat")

    def _code(self, whom: str) -> web.Response:
        return web.Response(status=self.codes[whom].pop(0) if self.codes[whom] else 200)


@pytest.fixture
def world() -> World:
    return World()


async def looks(world: World, monkeypatch: pytest.MonkeyPatch, *steps: float) -> None:
    """A look at each of these seconds; the stream and the webhook answer a probe at once."""
    monkeypatch.setattr(Prober, "_send", lambda _, probe: world.send(probe))
    app = web.Application()
    app.router.add_post("/api/v2/alerts", world.pager)
    app.router.add_get(f"/{SECRET}", world.beat)
    async with TestServer(app) as server:
        pager, beat = (str(server.make_url(path)) for path in ("", SECRET))
        prober = Prober(
            "kafka:9092", "", HttpPlace("alertmanager", pager), HttpPlace("heartbeat", beat),
            Links(), world.probing, lambda: world.now,
        )  # fmt: skip
        async with prober.sessions() as sessions:
            for at_s in steps:
                world.now = NOON + round(at_s * SECOND)
                await prober.look(*sessions)
                for sent in (NOON, NOON + MINUTE):
                    world.probing.answered(answer(0, sent), world.now)
                    world.probing.received(message(sent), world.now)


async def test_each_stage_is_asked_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.hear(reported("stream", knows=True))
    await looks(world, monkeypatch, 0, 1, 2, 3, 4, 59, 60, 61, 62, 63)
    assert world.asked == ["probe 0", "told 0", "beat", "probe 60", "told 60", "beat"]
    assert world.probing.passed_at["heartbeat"] == NOON + 62 * SECOND


async def test_what_fails_is_tried_again_and_said_once_without_its_address(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.hear(reported("stream", knows=True))
    world.codes = {"pager": [503, 503], "beat": [500]}
    with caplog.at_level(logging.INFO):
        await looks(world, monkeypatch, 0, 1, 2, 3, 4, 5, 14, 15)
    assert world.asked == ["probe 0", "told 0", "told 0", "told 0", "beat", "beat"]
    said = [each for each in caplog.records if each.name.startswith("streams.")]
    assert [record.getMessage() for record in said] == [
        "the probe does not pass Alertmanager: answers 503",
        "the probe passes Alertmanager again",
        "the probe does not pass the heartbeat outside: answers 500",
        "the probe passes the heartbeat outside again",
    ]
    assert SECRET not in "".join(record.getMessage() for record in said)


async def test_kafka_away_costs_one_probe(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.hear(reported("stream", knows=True))
    world.away = [KafkaConnectionError("nobody at kafka:9092")]
    await looks(world, monkeypatch, 0, 1, 30, 60, 61, 62)
    assert world.asked == ["probe 0", "probe 60", "told 60", "beat"]
    assert (
        "the probe does not pass Kafka: KafkaConnectionError: nobody at kafka:9092" in caplog.text
    )


async def test_without_a_stream_that_knows_probes_nothing_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await looks(world, monkeypatch, 0, 60)
    assert world.asked == []
