"""The board over HTTP: events, JSON, health, and who may ask."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from dashboards.access.rights import WHOLE, Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard import page_routes
from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.board_page import Asked
from dashboards.wallboard.hub import LONGEST_REST_S, LONGEST_S, SHORTEST_S, rest_after
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board
from dashboards.wallboard.painting import Painted
from dashboards.wallboard.process import entrance_of
from dashboards.wallboard.server import Wallboard, application
from schemas.codec import encode
from schemas.half_hours import MinuteOfQueue, PastDays
from schemas.past_figures import PastAsked, PastTold
from tests.support import past_days
from tests.support.floors import healthy, records, snapshot
from tests.support.past_figures import told_of

NOW = 1_795_000_000_000


async def nothing_is_written(_: bytes, __: bytes) -> str:
    raise AssertionError


class Floor:
    """A wallboard without Kafka; `problem` is what its feed would say."""

    def __init__(self) -> None:
        self.latest = Latest()
        self.problem = ""
        self.wallboard = Wallboard(self.latest, lambda: self.problem, lambda: NOW)
        self.ack = AckRoute(
            self.latest, lambda: self.problem, lambda: NOW, None, nothing_is_written
        )
        self.entrance = entrance_of(None, self.wallboard, lambda _: None)

    def show(self, waiting: int, version: int) -> None:
        changed = snapshot(NOW, waiting=waiting, version=version)
        self.latest.apply("snapshots", changed.queue.encode(), encode(changed))
        self.wallboard.hub.changed()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]  # its own app key
        hub = asyncio.create_task(self.wallboard.hub.run())
        async with TestClient(
            TestServer(application(self.wallboard, self.ack, self.entrance, ["wall.example.org"]))
        ) as client:
            yield client
        hub.cancel()


async def next_board(stream: asyncio.StreamReader) -> Board:
    while True:
        line = await stream.readline()
        assert line, "the stream of events ended"
        if line.startswith(b"data: "):
            return msgspec.json.decode(line.removeprefix(b"data: "), type=Board)


async def test_a_viewer_gets_the_board_at_once_and_then_what_changed() -> None:
    floor = Floor()
    async with floor.served() as client, client.get("/events") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert await answer.content.readline() == b"retry: 2000\n"
        assert (await next_board(answer.content)).rows == ()  # type: ignore[arg-type]  # same protocol
        floor.show(waiting=4, version=1)
        board = await next_board(answer.content)  # type: ignore[arg-type]
        while not board.rows:
            board = await next_board(answer.content)  # type: ignore[arg-type]
        assert board.rows[0].waiting == 4
        assert floor.wallboard.viewers == 1


async def test_many_viewers_share_one_computation() -> None:
    floor = Floor()
    async with floor.served() as client:
        answers = [await client.get("/events") for _ in range(20)]
        first = {(await next_board(answer.content)).now for answer in answers}  # type: ignore[arg-type]
        assert first == {NOW}
        await asyncio.gather(
            *(floor.wallboard.hub.newer_than(floor.wallboard.hub.number) for _ in range(20))
        )
        assert len({id(floor.wallboard.hub.latest().event) for _ in answers}) == 1
        for answer in answers:
            answer.close()


async def test_a_slow_viewer_gets_the_newest_board_and_no_backlog() -> None:
    floor = Floor()
    hub = floor.wallboard.hub
    running = asyncio.create_task(hub.run())
    before = hub.number
    for version in (1, 2):
        floor.show(waiting=version, version=version)
        await hub.newer_than(hub.number)
    await hub.newer_than(before)
    running.cancel()
    assert msgspec.json.decode(hub.latest().json, type=Board).rows[0].waiting == 2


async def test_the_board_as_json() -> None:
    floor = Floor()
    for record in records(NOW):
        floor.latest.apply(*record)
    async with floor.served() as client:
        await floor.wallboard.hub.newer_than(floor.wallboard.hub.number)
        answer = await client.get("/api/board")
        assert answer.content_type == "application/json"
        board = msgspec.json.decode(await answer.read(), type=Board)
    assert board.as_of == NOW - 1_400
    assert len(board.rows) == 25


async def test_healthz_says_what_is_missing_until_every_part_is_ready() -> None:
    floor = Floor()
    floor.problem = "reading the topics"
    async with floor.served() as client:
        answer = await client.get("/healthz")
        assert answer.status == 503
        assert await answer.json() == {
            "ready": False,
            "not_ready": {
                "board": "reading the topics",
                "stream": "never heard of",
                "archive": "never heard of",
            },
        }
        floor.problem = ""
        for name in ("stream", "archive"):
            floor.latest.apply("health", name.encode(), encode(healthy(name, NOW)))
        answer = await client.get("/healthz")
        assert (answer.status, await answer.json()) == (200, {"ready": True, "not_ready": {}})


async def test_only_names_of_ours_are_answered() -> None:
    async with Floor().served() as client:
        for name, status in (
            ("127.0.0.1:8080", 200),
            ("localhost", 200),
            ("[::1]:8080", 200),
            ("Wall.Example.org:8080", 200),
            ("evil.example.com", 421),
            ("127.0.0.1.evil.example.com:8080", 421),
            ("a:b:c]", 421),
        ):
            answer = await client.get("/api/board", headers={"Host": name})
            assert answer.status == status, name


async def test_the_page_needs_nothing_from_elsewhere() -> None:
    async with Floor().served() as client:
        for path, kind in (
            ("/", "text/html"),
            ("/board.css", "text/css"),
            ("/vendor/noto-sans-arabic-arabic-wght-normal.woff2", "font/woff2"),
            ("/board.js", "text/javascript"),
            ("/icon.svg", "image/svg+xml"),
        ):
            answer = await client.get(path)
            assert (answer.status, answer.content_type) == (200, kind)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            if kind == "font/woff2":
                continue
            text = (await answer.text()).replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text
            assert "https://" not in text
        assert (await client.get("/../server.py")).status == 404


async def test_the_runbooks_that_messages_link_to_are_pages() -> None:
    async with Floor().served() as client:
        for name in ("OldestWait", "OldestWait.md"):
            async with client.get(f"/runbooks/{name}") as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
                assert "<h1>OldestWait</h1>" in await answer.text()
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for name in ("Nothing", "..%2Fon-call.md"):
            async with client.get(f"/runbooks/{name}") as answer:
                assert answer.status == 404


async def test_a_person_who_opens_what_there_is_not_gets_a_page_in_that_language() -> None:
    person = {"Accept": "text/html", "Accept-Language": "id"}
    async with Floor().served() as client:
        for path in ("/nothing/<b>", "/runbooks/Nothing", "/dashboard"):
            async with client.get(path, headers=person) as answer:
                text = await answer.text()
                assert (answer.status, answer.content_type) == (404, "text/html")
                assert "Tidak ada halaman" in text
                assert "<b>" not in text
                assert 'href="/?lang=id"' in text
                assert "board.js" not in text  # there is nothing to follow
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        async with client.get("/nothing?lang=ar", headers=person) as answer:
            assert 'dir="rtl"' in await answer.text()
        async with client.get("/nothing") as answer:  # a program
            assert (answer.status, answer.content_type) == (404, "text/plain")
        async with client.get("/api/nothing", headers=person) as answer:
            assert (answer.status, answer.content_type) == (404, "application/json")


async def test_a_page_comes_with_its_figures_and_its_events_are_of_this_page_alone() -> None:
    floor = Floor()
    for record in records(NOW):
        floor.latest.apply(*record)
    async with floor.served() as client:
        async with client.get("/queue/power-outage?lang=zu&theme=light") as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert 'data-theme="light"' in text
            assert "Abalindile" in text
        async with client.get("/events?page=/queue/power-outage") as answer:
            while not (line := await answer.content.readline()).startswith(b"data: "):
                assert line, "the stream of events ended"
            told = msgspec.json.decode(line.removeprefix(b"data: "))
            assert "Power outage" in told["html"]
            assert "Accounts" not in told["html"]
        async with client.get("/api/page?page=/queue/power-outage") as answer:
            assert (await answer.json()).keys() == {"number", "build", "title", "html"}
        for path in ("/queue/nothing", "/department/nothing", "/centre/x", "/wall/x"):
            assert (await client.get(path)).status == 404
        for path in ("/api/page?page=/nothing", "/events?page=/nothing", "/api/page"):
            assert (await client.get(path)).status == 404


async def test_a_page_that_cannot_be_drawn_does_no_harm_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    floor = Floor()
    hub = floor.wallboard.hub

    def fails(*_: object) -> Painted:
        raise ValueError

    drawn = hub.page(WHOLE, Asked("all", "", "en"))
    monkeypatch.setattr(hub, "_paint", fails)
    broken = hub.page(WHOLE, Asked("wall", "", "en"))
    assert (broken.painted, b"event: problem" in broken.event, hub.undrawable) == (None, True, 1)
    assert hub.page(WHOLE, Asked("all", "", "en")) is drawn


async def test_a_page_is_drawn_once_for_all_who_see_the_same() -> None:
    hub = Floor().wallboard.hub
    asked = Asked("all", "", "en")
    assert hub.page(WHOLE, asked) is hub.page(Scope(), asked)
    assert hub.page(WHOLE, asked) is not hub.page(Scope(frozenset({"works"})), asked)
    assert hub.page(WHOLE, asked) is not hub.page(WHOLE, Asked("all", "", "ar"))


def test_the_stays_that_are_read_are_those_that_are_shown() -> None:
    """They are empty at first, and an empty one is no reason to take another."""
    stays = Stays()
    assert Wallboard(Latest(), lambda: "", lambda: NOW, stays=stays).stays is stays


class Kept:
    """An archive that answers at once, or never."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.answers = threading.Event()

    def past_days(self, queues: tuple[str, ...], now: int) -> PastDays:
        self.asked.append(queues)
        self.answers.wait(60)
        return past_days.days(now)

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        self.answers.wait(60)
        return told_of(asked, now)

    def last_minutes(self, now: int) -> list[MinuteOfQueue]:
        self.answers.wait(60)
        return past_days.minutes(("burst-pipes",), now)


@asynccontextmanager
async def asking(floor: Floor, archive: Kept) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    floor.wallboard = Wallboard(floor.latest, lambda: "", lambda: NOW, archive=archive)
    floor.entrance = entrance_of(None, floor.wallboard, lambda _: None)
    for record in records(NOW):
        floor.latest.apply(*record)
    async with floor.served() as client:
        task = asyncio.create_task(floor.wallboard.ask_archive())
        yield client
        archive.answers.set()
        task.cancel()


async def test_a_page_of_days_past_has_its_figures_at_the_first_paint() -> None:
    archive = Kept()
    archive.answers.set()
    async with asking(Floor(), archive) as client:
        html = await (await client.get("/trends?queue=burst-pipes")).text()
        assert 'data-key="08:00"' in html
        again = await (await client.get("/api/page?page=/trends&queue=burst-pipes")).json()
        assert 'data-key="08:00"' in again["html"]
        assert archive.asked == [("burst-pipes",)]
        wall = await (await client.get("/queue/burst-pipes")).text()
        assert 'class="spark"' in wall


async def test_an_archive_that_never_answers_takes_no_other_page_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_routes, "PATIENCE_S", 0.05)
    async with asking(Floor(), Kept()) as client:
        html = await (await client.get("/trends?centre=electricity")).text()
        assert "The archive is being asked." in html
        assert (await client.get("/wall")).status == 200
        assert (await client.get("/api/board")).status == 200
        assert (await client.get("/trends?queue=nowhere")).status == 404


def test_the_rest_between_two_boards_grows_with_what_they_take_and_has_its_bounds() -> None:
    assert rest_after(0.0) == rest_after(0.1) == SHORTEST_S
    assert rest_after(0.3) == pytest.approx(0.3)
    assert rest_after(60.0) == LONGEST_REST_S < LONGEST_S
