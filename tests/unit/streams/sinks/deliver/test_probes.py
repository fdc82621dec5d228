"""The probes of notify come back to it, after its post was answered; nothing else does."""

import asyncio
import logging

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schemas.addresses import PROBE_PATH
from streams.plumbing.http_place import HttpPlace
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.probing import body
from streams.sinks.deliver.api import posted_alerts
from streams.sinks.deliver.grouping import Posted
from streams.sinks.deliver.probes import ProbesBack
from tests.support.delivery import NOON, posted


def probes(number: int) -> list[Posted]:
    return posted_alerts(msgspec.json.encode([body(number, NOON, Links())]), NOON)


async def test_a_probe_is_given_back_and_an_alert_is_not() -> None:
    came: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        came.put_nowait(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post(PROBE_PATH, take)
    async with TestServer(app) as server:
        back = ProbesBack(HttpPlace("notify", str(server.make_url("/"))), after_s=0)
        back.take([posted("a", NOON), *probes(NOON - 5)])
        message = await asyncio.wait_for(came.get(), 30)
        assert message["alerts"][0]["annotations"]["probe"] == str(NOON - 5)  # type: ignore[index]
        assert came.empty()


async def test_a_notify_that_does_not_answer_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    back = ProbesBack(HttpPlace("notify", "http://127.0.0.1:1"), after_s=0)
    with caplog.at_level(logging.WARNING):
        for number in (1, 2):
            back.take(probes(NOON - number))
            await asyncio.gather(*back._under_way)
    assert len(caplog.messages) == 1
    assert "a probe is lost: notify at http://127.0.0.1:1/probe does not answer" in caplog.text
