"""What is asked of Alertmanager about alerts of the pipeline, and that an end is told though somebody had the alert."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schemas.commands import Acknowledged
from schemas.commands_book import CommandsBook
from schemas.millis import SECOND, iso
from schemas.pipeline_alerts import id_of
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.escalating import Escalating
from streams.sinks.alertmanager.pipeline_keeper import PipelineKeeper
from tests.support.alerts import NOON

LABELS = {"alertname": "FeedStale", "source": "north", "severity": "page", "owner": "queuewatch"}
ID = id_of(LABELS, NOON)
FIRES = [{"labels": LABELS, "annotations": {}, "startsAt": iso(NOON)}]


class Pager:
    def __init__(self) -> None:
        self.firing: Any = FIRES
        self.up_since = iso(NOON)
        self.status = 200
        self.says: dict[str, object] = {}  # what an Alertmanager does not

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[tuple[PipelineKeeper, aiohttp.ClientSession]]:
        async def alerts(_: web.Request) -> web.Response:
            return web.json_response(self.firing, status=self.status)

        async def status(_: web.Request) -> web.Response:
            return web.json_response({"uptime": self.up_since} | self.says)

        app = web.Application()
        app.router.add_get("/api/v2/alerts", alerts)
        app.router.add_get("/api/v2/status", status)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            yield PipelineKeeper(str(server.make_url("")).rstrip("/"), 30_000, Links()), session


def held() -> CommandsBook:
    book = CommandsBook()
    book.apply(Acknowledged(who="ann", at=NOON, alert_id=ID))
    return book


async def ended(*, by_whom: CommandsBook, starts_anew: bool = False) -> list[dict[str, object]]:
    """What is posted after an alert that fired is not listed any more."""
    pager = Pager()
    async with pager.asked() as (keeper, session):
        await keeper.ask(session, NOON)
        keeper.quiet(by_whom, NOON)
        pager.firing = []
        pager.up_since = iso(NOON + SECOND) if starts_anew else pager.up_since
        await keeper.ask(session, NOON + 5 * SECOND)
        due = keeper.due(by_whom, NOON + 5 * SECOND)
        keeper.accepted(due, Escalating(dict, _written), by_whom, NOON + 5 * SECOND)
        assert keeper.due(by_whom, NOON + 60 * SECOND) == {}
        return [each for bodies in due.values() for each in bodies]


async def _written(_: bytes, __: bytes) -> str:
    return ""


async def test_the_end_of_what_somebody_had_is_posted_once_more() -> None:
    (body,) = await ended(by_whom=held())
    assert (body["labels"], body["endsAt"]) == (LABELS, iso(NOON + 5 * SECOND))


async def test_no_end_is_made_of_what_nobody_had_or_of_an_alertmanager_that_forgot() -> None:
    assert await ended(by_whom=CommandsBook()) == []
    assert await ended(by_whom=held(), starts_anew=True) == []


async def test_while_it_cannot_be_asked_nothing_goes_on_and_what_somebody_has_stays_quiet(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pager = Pager()
    async with pager.asked() as (keeper, session):
        await keeper.ask(session, NOON)
        assert [known.alert.alert_id for known in keeper.escalating()] == [ID]
        pager.status = 503
        for n in (1, 2):
            await keeper.ask(session, NOON + n * 5 * SECOND)
        assert keeper.problem == "answers 503"
        assert caplog.text.count("go on to nobody: Alertmanager's list: answers 503") == 1
        assert keeper.escalating() == []
        assert len(keeper.quiet(held(), NOON)) == 1
        pager.status, pager.firing = 200, {"not": "a list"}
        await keeper.ask(session, NOON + 15 * SECOND)
        assert keeper.problem == "no list of alerts"
        pager.firing = FIRES
        await keeper.ask(session, NOON + 20 * SECOND)
        assert (keeper.problem, len(keeper.escalating())) == ("", 1)


async def test_deliver_says_whom_it_reaches_and_alertmanager_reaches_all() -> None:
    pager = Pager()
    async with pager.asked() as (keeper, session):
        await keeper.ask(session, NOON)
        assert keeper.reached is None
        pager.says = {"reaches": ["water"]}
        await keeper.ask(session, NOON + 5 * SECOND)
        assert keeper.reached == {"water"}
