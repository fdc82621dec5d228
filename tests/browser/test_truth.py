"""Whatever stops, each page says so and shows nothing of before as if it held: every process in turn, a tab that is frozen, a day of updates."""

import random
from collections.abc import Iterator

import pytest
from selenium import webdriver

from dashboards.access.rights import WHOLE
from dashboards.wallboard.board_page import Asked, Asker
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.order import Held
from dashboards.wallboard.page import Board
from dashboards.wallboard.painting import Painted, paint
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.codec import encode
from schemas.health import Health
from schemas.millis import MINUTE, SECOND
from streams.plumbing.wall_clock import now_ms
from tests.support.browser import chromium
from tests.support.floors import Record, healthy, records, snapshot
from tests.support.past_days import Told
from tests.support.served_board import Page, board_with, screen
from tests.support.waiting import wait_until

OUTAGE = "power-outage"
PAGES = (
    "/", "/wall", f"/queue/{OUTAGE}", "/department/city", "/centre/electricity", "/desk", f"/trends?queue={OUTAGE}",
)  # fmt: skip
PAST = "/history?when=2026-10"
# No figure of now, and no colour that would be a judgement; what the archive has of other days may stay.
SHOWS_NOW = """
const figures = [...document.querySelectorAll("#page .figure, #page .wait")].filter((node) => node.textContent !== "–" && !node.closest("[data-past]"));
const judged = document.querySelectorAll("[data-level=ok], [data-level=act], [data-level=watch]");
return [figures.map((node) => node.textContent), judged.length];
"""
NOTHING = [[], 0]
_FEW, _DAY = 200, 9_600  # updates; the second are eight hours, one in three seconds
_TURN = 50
_STATES = 10  # of the board, told again and again
_COUNTED = ("JSHeapUsedSize", "Nodes", "JSEventListeners", "Documents")


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        screen(found, 1920, 1080)
        yield found


def told(page: Page) -> str:
    return page.text("#banner") + page.text("#messages")


PROCESSES = (
    "stream",
    "archive",
    "notify",
)  # whose end makes a page poorer; the board's own is below


def floor_without(process: str, last_word: Health, now: int, version: int) -> list[Record]:
    """What Kafka holds at `now`, of which that process has ended. What the stream made stands as it was then."""
    key = f"{process}/1".encode()
    made_at = now - MINUTE if process == "stream" else now
    made = [each for each in records(made_at, version) if each[0] != "health"]
    others = [each for each in records(now, version) if each[0] == "health" and each[1] != key]
    return [*made, *others, ("health", key, encode(last_word))]


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("path", [*PAGES, PAST])
def test_each_process_in_turn_is_named_and_its_own_figures_alone_go(
    driver: webdriver.Chrome, path: str, process: str
) -> None:
    """Killed, without a last word; then stopped in order."""
    stays = process != "stream" or path == PAST  # of days past the archive has the figures
    version, told_at, last_word = 1, 0, healthy(process, now_ms() - MINUTE)
    begin = floor_without(process, last_word, now_ms(), version)
    with board_with(driver, begin, Told((), now_ms())) as (page, feed, served):

        def goes_on() -> None:
            """What still runs is told of now each second, however slow the machine is."""
            nonlocal version, told_at
            if now_ms() - told_at < SECOND:
                return
            told_at, version = now_ms(), version + 1
            for record in floor_without(process, last_word, told_at, version):
                served.call(feed.say, *record)
            if path == PAST:  # it does not move by itself
                page.open(path)

        def is_said(word: str) -> bool:
            goes_on()
            seen = told(page)
            return f"{process}: {word}" in seen and ("NO LIVE DATA" not in seen) == stays

        page.open(path)
        wait_until(lambda: is_said("silent for "), f"{path} names it, and its figures alone go")
        last_word = healthy(process, now_ms(), ready=False, state="stopped")
        wait_until(lambda: is_said("stopped"), f"{path} says that it ended in order")
        shown = page.run(SHOWS_NOW)
        if stays:
            assert shown != NOTHING or path.startswith("/trends")
        else:
            assert "the stream does not run" in told(page)
            assert shown == NOTHING


@pytest.mark.parametrize("path", [*PAGES, PAST])
def test_kafka_that_does_not_answer_is_named_at_once_and_figures_go_when_they_are_old(
    driver: webdriver.Chrome, path: str
) -> None:
    with board_with(driver, records(now_ms() - 60_000), Told((), now_ms())) as (page, feed, served):
        feed.problem = "Kafka does not answer at nowhere:1"
        served.call(feed.say, "health", b"notify/1", encode(healthy("notify", now_ms())))
        page.open(path)

        def is_said() -> bool:
            if path == PAST:
                page.open(path)
            return "Kafka does not answer" in told(page)

        wait_until(is_said, "the page says it")
        assert (page.run(SHOWS_NOW) == NOTHING) == (path != PAST)


@pytest.mark.parametrize("path", PAGES)
def test_a_board_that_stopped_is_told_by_each_page_alone(
    driver: webdriver.Chrome, path: str
) -> None:
    with board_with(driver) as (page, _, served):
        page.open(path)
        served.stop()
        wait_until(lambda: "hears nothing from the board" in told(page), "the page says it")
        assert page.run(SHOWS_NOW) == NOTHING


def test_a_page_that_lost_its_board_goes_on_through_the_change_of_the_clock(
    driver: webdriver.Chrome,
) -> None:
    with board_with(driver) as (page, _, served):
        page.open("/wall")
        served.stop()
        wait_until(lambda: "hears nothing from the board" in told(page), "the page says it")
        hour = int(page.text("#clock")[:2])
        page.run(
            "const data = document.getElementById('page').dataset;"
            "data.offsetFrom = data.now; data.offsetThen = Number(data.offset) + 5 * 3600 * 1000;"
        )
        later = {(hour + 5) % 24, (hour + 6) % 24}  # an hour may just have ended
        wait_until(lambda: int(page.text("#clock")[:2]) in later, "its clock is the new one")


def test_a_frozen_tab_wakes_without_what_held_before(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, _, served):
        page.open("/wall")
        page.run(
            "window.seen = []; new MutationObserver(() => window.seen.push("
            "[document.getElementById('banner').textContent, document.querySelectorAll('[data-level=act]').length]))"
            ".observe(document.getElementById('page'), {subtree: true, childList: true, characterData: true, attributes: true})"
        )
        driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
        served.stop()  # while it sleeps
        driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "active"})
        wait_until(lambda: "NO LIVE DATA since" in told(page), "it says so when it wakes")
        assert page.run(SHOWS_NOW) == NOTHING
    with board_with(driver) as (page, feed, served):
        page.open("/wall")
        driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
        changed = snapshot(now_ms(), queue=OUTAGE, version=2, waiting=29)
        served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
        driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "active"})
        wait_until(lambda: page.cell(OUTAGE, "waiting") == "29", "it follows again")
        assert not page.text("#banner")


# In place of the stream of events, which comes as fast as the page takes it. Pages are the board's own.
_FAKE = """
window.EventSource = class {
  constructor() { this.heard = {}; window.stream = this; }
  addEventListener(name, hear) { this.heard[name] = hear; }
  close() {}
};
"""
_MANY = """
const [pages, n, done] = arguments;
const run = async () => {
  const shown = new Map(), pictures = new Set();
  const moment = () => document.getElementById("page").dataset.now;
  for (let each = 0; each < n; each += 1) {
    const before = moment();
    window.stream.heard.page({ data: pages[each % pages.length] });
    do await new Promise((go) => setTimeout(go)); while (moment() === before); // it rests between two drawings
    const page = document.getElementById("page"), first = page.querySelector("#rows .waiting .figure").textContent;
    shown.set(each % pages.length, page.dataset.state === "live" && first !== "–");
    pictures.add(page.querySelector("main").textContent);
  }
  done([pictures.size, [...shown.values()].filter(Boolean).length]);
};
run();
"""


def moving(now: int) -> list[Record]:
    """A floor on which another number waits in each queue with each moment, so rows change their places, too."""
    others = random.Random(now)
    made = []
    for topic, key, value in records(now):
        if topic == "snapshots" and others.random() < 0.7:
            waiting = others.randrange(40)
            arrived = now - others.randrange(900) * SECOND if waiting else None
            changed = snapshot(now, queue=key.decode(), waiting=waiting, oldest_arrived_at=arrived,
                               attention=Attention(others.choice(("ok", "watch", "act"))))  # fmt: skip
            made.append((topic, key, encode(changed)))
        elif topic != "alerts" or others.random() < 0.5:
            made.append((topic, key, value))
    return made


def told_pages(build: str, now: int) -> list[str]:
    """What the board sends of its wall at moments 3 s apart, each of its own records and clock; at the last one it is silent."""
    pages = []
    for at in range(now, now + _STATES * 3 * SECOND, 3 * SECOND):
        latest = Latest()
        is_last = at == now + (_STATES - 1) * 3 * SECOND
        for record in moving(at - MINUTE if is_last else at):
            latest.apply(*record)
        hub = Hub(lambda _, latest=latest, at=at: board(latest, at, build=build), painted, build)  # type: ignore[misc]
        pages.append(hub.page(WHOLE, Asked("wall", "", "en")).json.decode())
    return pages


def painted(shown: Board, asked: Asked, held: Held | None, _: Asker | None) -> Painted:
    return paint(shown, asked, held)


def in_use(driver: webdriver.Chrome) -> dict[str, float]:
    """What is left when the garbage is gone: bytes of the heap, nodes, listeners."""
    for _ in range(3):
        driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    found = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {each["name"]: each["value"] for each in found}


def grows(driver: webdriver.Chrome, updates: int) -> None:
    with board_with(driver) as (page, _, _served):
        given = {"source": _FAKE}
        script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", given)
        try:
            page.open("/wall")
            driver.execute_cdp_cmd("Performance.enable", {})
            driver.set_script_timeout(1_800)
            pages = told_pages(page.run("return document.body.dataset.build"), now_ms())
            shown = driver.execute_async_script(_MANY, pages, _TURN)
            # Each is another picture, with figures that live; those of a board that hears nothing are among them.
            assert shown == [_STATES, _STATES - 1], shown
            before = in_use(driver)
            # In turns: no script runs for longer than the driver waits for an answer, on a machine that is busy, too.
            for _ in range(updates // _TURN):
                driver.execute_async_script(_MANY, pages, _TURN)
            after = in_use(driver)
        finally:
            driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    shown = ", ".join(f"{name} {before[name]:,.0f} → {after[name]:,.0f}" for name in _COUNTED)
    print(f"{updates:,} updates: {shown}")
    for name in _COUNTED[1:]:
        assert after[name] <= before[name] * 1.05, name
    # One update that is kept is 100 KB and more.
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 1_000_000


def test_hundreds_of_updates_leave_nothing_behind(driver: webdriver.Chrome) -> None:
    grows(driver, _FEW)


@pytest.mark.real_only
def test_eight_hours_of_updates_leave_nothing_behind(driver: webdriver.Chrome) -> None:
    grows(driver, _DAY)
