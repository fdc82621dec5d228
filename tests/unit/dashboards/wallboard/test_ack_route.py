"""The link in a message over HTTP: what is only looked at is not acknowledged, and nothing is acknowledged twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.process import entrance_of
from dashboards.wallboard.server import Wallboard, application
from schemas.ack_link import AckLink, address
from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged, Released, command_key
from schemas.millis import HOUR
from tests.support.alerts import NOON, alert

KEY = b"a key of the tests"
LINK = AckLink(alert().alert_id, "water-duty", NOON + HOUR)


class Desk:
    """A board without Kafka that knows one firing alert; `written` is what came to topic `commands`."""

    def __init__(self, key: bytes | None = KEY) -> None:
        self.latest = Latest()
        self.problem = self.refusal = ""
        self.now = NOON
        self.written: list[Acknowledged] = []
        self.tell(alert())
        self.ack = AckRoute(self.latest, lambda: self.problem, lambda: self.now, key, self.write)

    def tell(self, told: Any) -> None:
        self.latest.apply("alerts", told.alert_id.encode(), encode(told))

    def say(self, command: Any) -> None:
        self.latest.apply("commands", command_key(command), encode(command))

    async def write(self, key: bytes, value: bytes) -> str:
        await asyncio.sleep(0)  # another request runs meanwhile
        if not self.refusal:
            command = decode_as(Acknowledged, value)
            assert key == command_key(command)
            self.written.append(command)
        return self.refusal

    @asynccontextmanager
    async def served(self) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]  # its own app key
        wallboard = Wallboard(self.latest, lambda: self.problem, lambda: self.now)
        async with TestClient(
            TestServer(
                application(wallboard, self.ack, entrance_of(None, wallboard, lambda _: None))
            )
        ) as client:
            yield client


def path(link: AckLink = LINK, key: bytes = KEY) -> str:
    url = urlsplit(address("http://board", key, link))
    return f"{url.path}?{url.query}"


async def test_looking_changes_nothing_and_sending_acknowledges() -> None:
    desk = Desk()
    async with desk.served() as client:
        assert (await client.head(path())).status == 200
        answer = await client.get(path())
        assert answer.status == 200
        assert 'method="post"' in await answer.text()
        assert desk.written == []
        answer = await client.post(path(), data={"who": " ann ", "note": "on my way"})
        assert answer.status == 200
        assert "ann has it" in await answer.text()
    had = Acknowledged(who="ann", at=NOON, note="on my way", alert_id=alert().alert_id, link_of="water-duty")  # fmt: skip
    assert desk.written == [had]
    assert desk.latest.commands.acknowledged(alert()) == had  # without waiting for Kafka's record


async def test_no_page_is_kept_tells_where_it_came_from_or_runs_a_script() -> None:
    async with Desk().served() as client:
        for answer in (await client.get(path()), await client.get(path() + "x")):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "form-action 'self'" in policy
            assert "script-src" not in policy
            assert "<script" not in await answer.text()
        assert (await client.get(path(), headers={"Host": "evil.example.com"})).status == 421
        assert (await client.post(path(), headers={"Host": "evil.example.com"})).status == 421
        assert (await client.get("/ack.css")).status == 200


async def test_the_page_is_in_the_language_of_the_link_else_of_the_browser() -> None:
    of_browser = {"Accept-Language": "de-DE, zu;q=0.9, en;q=0.5"}
    async with Desk().served() as client:

        async def language(link: str, **headers: str) -> str:
            text = await (await client.get(link, headers=headers)).text()
            return text.partition('<html lang="')[2][:2]

        assert await language(path(replace(LINK, language="ar")), **of_browser) == "ar"
        assert await language(path(), **of_browser) == "zu"
        assert await language(path()) == "en"
        assert await language(path() + "x", **of_browser) == "zu"  # forged
        assert await language(path() + "&lang=xx") == "en"
        answer = await client.post(path(replace(LINK, language="ar")), data={"who": ""})
        assert 'dir="rtl"' in await answer.text()


async def test_an_alert_of_the_pipeline_is_taken_by_its_link_alone() -> None:
    desk, name = Desk(), f"PipelineDown/job=archive/{NOON}"
    link = path(AckLink(name, "queuewatch", NOON + HOUR))
    async with desk.served() as client:
        answer = await client.get(link)
        assert (answer.status, "PipelineDown" in await answer.text()) == (200, True)
        assert desk.written == []
        assert (await client.post(link, data={"who": "ann"})).status == 200
        assert (await client.post(link, data={"who": "bo"})).status == 409
        assert "ann has it already" in await (await client.get(link)).text()
    (had,) = desk.written
    assert (had.alert_id, had.who, had.link_of) == (name, "ann", "queuewatch")


async def test_a_link_that_was_used_says_who_has_it_and_writes_nothing() -> None:
    desk = Desk()
    async with desk.served() as client:
        answers = await asyncio.gather(
            *(client.post(path(), data={"who": who}) for who in ("ann", "bo"))
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        (first,) = desk.written
        of_another_owner = replace(LINK, owner="night-desk")
        for used in (LINK, of_another_owner):
            answer = await client.post(path(used), data={"who": "cy"})
            assert answer.status == 409
            assert f"{first.who} has it already" in await answer.text()
        answer = await client.get(path())
        assert answer.status == 200
        assert f"{first.who} has it already" in await answer.text()
        assert len(desk.written) == 1
        # Given back, by somebody whose clock is ahead: it may be taken again, and the newest word is this one.
        desk.say(Released(who="ann", at=NOON + HOUR, alert_id=alert().alert_id))
        assert (await client.post(path(), data={"who": "cy"})).status == 200
    had = desk.latest.commands.acknowledged(alert())
    assert had is not None
    assert (had.who, had.at) == ("cy", NOON + HOUR + 1)


async def test_a_link_that_is_none_any_more_writes_nothing() -> None:
    desk = Desk()
    async with desk.served() as client:

        async def statuses(link: str) -> set[int]:
            posted = await client.post(link, data={"who": "ann"})
            return {(await client.get(link)).status, posted.status}

        assert await statuses(path(key=b"another key of ours")) == {403}
        assert await statuses(path().replace("water-duty", "nobody")) == {403}
        assert await statuses("/ack") == {403}
        assert await statuses(path(replace(LINK, expires_at=NOON))) == {410}
        assert await statuses(path(replace(LINK, alert_id="oldest_wait/other/1"))) == {404}
        desk.problem = "Kafka does not answer"
        assert await statuses(path()) == {503}
        desk.problem = ""
        desk.tell(alert("resolved", version=11))
        assert await statuses(path()) == {410}
        assert desk.written == []
    async with Desk(key=None).served() as client:
        assert await statuses(path()) == {404}


async def test_what_cannot_be_kept_is_said_and_nothing_is_taken() -> None:
    desk = Desk()
    async with desk.served() as client:
        for data, words in (
            ({}, "1 to 100 characters"),
            ({"who": " "}, "1 to 100 characters"),
            ({"who": "a" * 101}, "1 to 100 characters"),
            ({"who": "ann\nbo"}, "characters that can be printed"),
            ({"who": "ann", "note": "x" * 201}, "at most 200 characters"),
        ):
            answer = await client.post(path(), data=data)
            assert answer.status == 400
            assert words in await answer.text()
        assert (await client.post(path(), data={"who": "a" * 20_000})).status == 413
        desk.refusal = "Kafka does not answer at kafka:9092"
        answer = await client.post(path(), data={"who": "ann"})
        assert answer.status == 503
        assert "It could not be kept: Kafka does not answer" in await answer.text()
        assert desk.latest.commands.acknowledged(alert()) is None
        desk.refusal = ""
        assert (await client.post(path(), data={"who": "ann"})).status == 200
