"""deliver over HTTP: what is taken, and what is refused in one line."""

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.millis import from_iso
from streams.plumbing.config_file import Secret
from streams.plumbing.door import OPEN, Door
from streams.plumbing.http_config import Login
from streams.plumbing.http_place import HttpPlace
from streams.sinks.alertmanager.decide import Links, body
from streams.sinks.alertmanager.silences import changes, key_of
from streams.sinks.deliver.deliverer import Deliverer
from streams.sinks.deliver.message_log import MessageLog, NotWrittenError
from streams.sinks.deliver.probes import ProbesBack
from streams.sinks.deliver.server import application
from streams.sinks.deliver.status import DeliverStatus
from tests.support.alerts import alert
from tests.support.delivery import LINKS, NOON, Files, Hands, labels, owners, targets

WEBHOOK = {
    "version": "4",
    "groupLabels": {"owner": "water"},
    "alerts": [
        {
            "status": "firing", "labels": labels("a"), "annotations": {},
            "startsAt": "2026-11-22T11:59:00Z", "endsAt": "0001-01-01T00:00:00Z",
        }
    ],
}  # fmt: skip


class Log:
    refuses = False

    async def write(self, messages: Any) -> None:
        if self.refuses:
            raise NotWrittenError("Kafka does not answer at x")


class World:
    def __init__(self, door: Door = OPEN) -> None:
        self.log, self.status = Log(), DeliverStatus(state="running")
        self.probes = ProbesBack(HttpPlace("notify", "http://127.0.0.1:1"))
        known = owners("water", "mute")
        self.deliverer = Deliverer(
            Files(known, targets("water", "json://127.0.0.1")), Hands(), cast(MessageLog, self.log),
            self.status, lambda: NOON, LINKS,
        )  # fmt: skip
        app = application(self.deliverer, self.status, self.probes, lambda: NOON, door)
        self.client = TestClient(TestServer(app))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    found = World()
    async with found.client:
        yield found


async def post(world: World, path: str, body: Any) -> tuple[int, str]:
    answer = await world.client.post(path, data=json.dumps(body))
    return answer.status, (await answer.text()).strip()


async def test_the_webhook_is_answered_once_the_outbox_has_it(world: World) -> None:
    assert await post(world, "/webhook/water", WEBHOOK) == (200, "in the outbox")
    assert len(world.deliverer.outbox.messages) == 1
    world.log.refuses = True
    newer = WEBHOOK | {"groupLabels": {"owner": "water", "department": "works"}}
    assert await post(world, "/webhook/water", newer) == (503, "Kafka does not answer at x")
    assert len(world.deliverer.outbox.messages) == 1


async def test_what_cannot_be_taken_is_said_in_one_line(world: World) -> None:
    status, text = await post(world, "/webhook/water", {})
    assert (status, text.startswith("no body of Alertmanager's webhook: ")) == (400, True)
    assert await post(world, "/webhook/mute", WEBHOOK) == (
        404, 'no owner "mute" with deliver_file; known: water',
    )  # fmt: skip
    assert (await post(world, "/api/v2/alerts", {}))[0] == 400
    assert (await post(world, "/api/v2/silences", {}))[0] == 400


async def test_until_the_outbox_was_read_nothing_is_taken(world: World) -> None:
    world.status.state = "starting"
    assert await post(world, "/webhook/water", WEBHOOK) == (503, "starting")
    assert (await post(world, "/api/v2/alerts", []))[0] == 503


async def test_alerts_and_silences_of_notify_are_taken(world: World) -> None:
    what = body(alert(owner="water"), NOON, 30_000, Links())
    assert await post(world, "/api/v2/alerts", [what]) == (200, "")
    assert world.deliverer.groups.next_look_at() is not None
    down = {"alertname": "PipelineDown", "job": "stream", "severity": "page", "owner": "queuewatch"}
    assert await post(world, "/api/v2/alerts", [{"labels": down}]) == (200, "")
    firing = await (await world.client.get("/api/v2/alerts")).json()
    of_queue, of_pipeline = firing
    assert of_queue["status"] == {"inhibitedBy": ["another alert"]}  # by PipelineDown of the stream
    assert (of_pipeline["labels"], of_pipeline["status"]) == (down, {"inhibitedBy": []})
    assert from_iso(of_pipeline["startsAt"]) == NOON
    (asked,) = changes({key_of(alert()): "ann"}, {}, NOON, 30_000).posts.values()
    status, text = await post(world, "/api/v2/silences", asked)
    name = json.loads(text)["silenceID"]
    assert status == 200
    listed = await (await world.client.get("/api/v2/silences")).json()
    assert [each["id"] for each in listed] == [name]
    assert (await world.client.delete(f"/api/v2/silence/{name}")).status == 200
    assert (await world.client.delete(f"/api/v2/silence/{name}")).status == 404


async def test_it_says_whom_it_reaches(world: World) -> None:
    """`notify` says of the others that they were not told."""
    answer = await world.client.get("/api/v2/status")
    assert (await answer.json())["reaches"] == ["water"]


async def test_without_the_token_nothing_is_taken_and_nothing_is_said() -> None:
    world, right = World(Door(login=Login(secret=Secret("open-sesame")))), "Bearer open-sesame"
    async with world.client as client:
        for path in ("/webhook/water", "/api/v2/alerts", "/test/water", "/nowhere"):
            for header in ({}, {"Authorization": "Bearer wrong"}):
                answer = await client.post(path, data=json.dumps(WEBHOOK), headers=header)
                assert answer.status == 401
                assert await answer.text() == "a password or a token is needed\n"
        assert not world.deliverer.outbox.messages
        answer = await client.post(
            "/webhook/water", data=json.dumps(WEBHOOK), headers={"Authorization": right}
        )
        assert answer.status == 200
