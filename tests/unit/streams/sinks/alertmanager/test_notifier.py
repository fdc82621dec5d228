"""What Alertmanager did not take is posted again; what it took is not, until it is due."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schemas.alerts import Alert
from schemas.commands import Notified
from schemas.millis import MINUTE, iso
from schemas.owners import Owner
from schemas.pipeline_alerts import id_of
from schemas.queues_toml import parse_queues
from streams.plumbing.http_place import HttpPlace
from streams.sinks.alertmanager import notifier
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.escalating import Escalating
from streams.sinks.alertmanager.notifier import Notifier
from streams.sinks.alertmanager.reading import AlertBatch
from streams.sinks.alertmanager.status import NotifyStatus
from tests.support.alerts import NOON, alert


class Log:
    """Topic `alerts` of which each batch is told beforehand."""

    def __init__(self, *batches: AlertBatch) -> None:
        self.left = list(batches)

    async def batches(self) -> AsyncIterator[AlertBatch]:
        for batch in self.left:
            yield batch
        await asyncio.Event().wait()


class Pager:
    """An Alertmanager that answers with the codes that are told beforehand, then with 200."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.enough = 1
        self.up_since = iso(NOON)
        self.firing: list[dict[str, Any]] = []
        self.posts: list[list[dict[str, Any]]] = []
        self.accepted = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.posts.append(await request.json())
        code = self.codes.pop(0) if self.codes else 200
        if code == 200 and len(self.posts) >= self.enough:
            self.accepted.set()
        return web.Response(status=code, text="not\nnow")

    async def listed(self, _: web.Request) -> web.Response:
        return web.json_response(self.firing)

    async def status(self, _: web.Request) -> web.Response:
        return web.json_response({"uptime": self.up_since})

    async def silences(self, _: web.Request) -> web.Response:
        return web.json_response([])


async def written(_: bytes, __: bytes) -> str:
    return ""


async def run(
    monkeypatch: pytest.MonkeyPatch,
    pager: Pager,
    *batches: AlertBatch,
    owners: dict[str, Owner] | None = None,
) -> NotifyStatus:
    """Until the pager has taken something."""
    monkeypatch.setattr(notifier, "_FIRST_PAUSE_S", 0.01)
    app = web.Application()
    app.router.add_post("/api/v2/alerts", pager.take)
    app.router.add_get("/api/v2/alerts", pager.listed)
    app.router.add_get("/api/v2/status", pager.status)
    app.router.add_get("/api/v2/silences", pager.silences)
    status = NotifyStatus()
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        escalating = Escalating(lambda: owners or {}, written)
        place = HttpPlace("alertmanager", url)
        log: Any = Log(*batches)
        work = Notifier(log, place, 30_000, Links(), status, lambda: NOON, escalating)
        running = asyncio.create_task(work.run())
        async with asyncio.timeout(60):
            await pager.accepted.wait()
            while not status.posts_ok:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return status


async def test_what_is_not_taken_is_posted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pager = Pager(500, 503)
    status = await run(monkeypatch, pager, AlertBatch([(alert(), NOON)], whole=True))
    assert [post[0]["labels"]["queue"] for post in pager.posts] == ["billing"] * 3
    assert (status.posts_failed, status.posts_ok, status.firing) == (2, 1, 1)
    assert (status.state, status.detail, status.last_post_at) == ("running", "", NOON)


async def test_nothing_is_posted_before_the_topic_was_read_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first: Alert = alert(version=9)
    status = await run(
        monkeypatch, pager := Pager(), AlertBatch([(first, NOON)], whole=False),
        AlertBatch([(alert("resolved"), NOON)], whole=True),
    )  # fmt: skip
    (post,) = pager.posts
    assert post[0]["endsAt"] == iso(NOON)  # resolved: the version that fired was not sent
    assert (status.firing, status.posts_ok) == (0, 1)


async def test_a_stream_that_reports_no_more_is_told_by_notify_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = AlertBatch([], whole=True, reports=[("stream", NOON - 61_000), ("board", 0)])
    status = await run(monkeypatch, pager := Pager(503), silent)
    first, again = pager.posts  # what was not taken is posted again
    assert [each["labels"]["job"] for each in first] == ["stream"]
    assert first == again
    assert (status.posts_failed, status.posts_ok, status.state) == (1, 1, "running")


async def test_who_is_told_next_is_posted_at_once_and_the_records_of_a_former_run_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Notified(
        who="notify", at=NOON - 6 * MINUTE, alert_id=alert().alert_id, owner="billing-duty",
        step=0, to=("billing-duty",), next_to=("lead",), next_after_ms=5 * MINUTE,
    )  # fmt: skip
    hook = 'webhook = "http://127.0.0.1:9095/"\n'
    file = f'[owners.billing-duty]\n{hook}escalate_to = "all"\nescalate_after = "5m"\n[owners.lead]\n{hook}'
    owners = {owner.name: owner for owner in parse_queues(file, {}).owners}
    batch = AlertBatch([(alert(), NOON)], whole=True, commands=[first])
    pager = Pager(200, 503)
    pager.enough = 3
    await run(monkeypatch, pager, batch, owners=owners)
    told = [
        [(each["labels"]["owner"], each["labels"].get("escalated")) for each in post]
        for post in pager.posts
    ]
    both = [("billing-duty", None), ("lead", "1")]
    assert told == [[("billing-duty", None)], both, both]  # what was not taken is posted again


async def test_an_alert_of_the_pipeline_that_nobody_has_goes_on_to_the_next_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labels = {"alertname": "FeedStale", "source": "north", "severity": "page", "owner": "queuewatch"}  # fmt: skip
    pager = Pager()
    pager.firing = [{"labels": labels, "annotations": {}, "startsAt": iso(NOON - MINUTE)}]
    first = Notified(
        who="notify", at=NOON - 6 * MINUTE, alert_id=id_of(labels, NOON - MINUTE), owner="queuewatch",
        step=0, to=("queuewatch",), next_to=("lead",), next_after_ms=5 * MINUTE,
    )  # fmt: skip
    hook = 'webhook = "http://127.0.0.1:9095/"\n'
    file = f'[owners.queuewatch]\n{hook}escalate_to = "lead"\nescalate_after = "5m"\n[owners.lead]\n{hook}'
    owners = {owner.name: owner for owner in parse_queues(file, {}).owners}
    reports = [("stream", NOON)]
    status = await run(monkeypatch, pager, AlertBatch([], True, [first], reports), owners=owners)
    (told,) = pager.posts[0]
    assert told["labels"] == labels | {"owner": "lead", "escalated": "1"}
    assert told["annotations"]["told_first"] == "queuewatch"
    assert (status.posts_ok, status.deliver_owners) == (1, 0)
