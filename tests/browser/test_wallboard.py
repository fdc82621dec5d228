"""The wallboard in a real browser: it moves by itself, it ticks, and it never shows old as live.

The pictures are kept under build/screenshots.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from selenium import webdriver
from selenium.webdriver.common.by import By

from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.feed import TOPICS, Feed
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.process import entrance_of
from dashboards.wallboard.server import Place, Wallboard, serve
from schemas.ack_link import AckLink, address, expires_at
from schemas.attention import Attention
from schemas.codec import encode
from schemas.counters import Counts
from schemas.targets import TargetsVersion
from schemas.topics import topic_name
from streams.local.kafka import LocalKafka, free_port
from streams.local.kafka_place import HOST
from streams.plumbing.wall_clock import now_ms
from tests.support.alerts import alert as firing
from tests.support.browser import chromium
from tests.support.floors import healthy, records, snapshot, targets
from tests.support.names import unique
from tests.support.services import get
from tests.support.waiting import wait_until

LINK_KEY = b"a key of the tests"
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"


class FedByHand(Feed):
    """Takes what a test says in place of Kafka; quiet otherwise."""

    def __init__(self, latest: Latest) -> None:
        super().__init__("nowhere:1", "", latest)
        self.problem = ""
        self._on_change: Callable[[], None] | None = None

    async def run(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        await asyncio.Event().wait()

    def say(self, topic: str, key: bytes, value: bytes) -> None:
        self._latest.apply(topic, key, value)
        if self._on_change:
            self._on_change()


class Served:
    """A wallboard that serves in a thread of its own; `call` runs in its loop."""

    def __init__(self, feed: Feed, latest: Latest) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}/"
        self._feed, self._latest = feed, latest
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: get(self.url), "the board serves")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(20)

    def call(self, step: Callable[..., Any], *values: Any) -> None:
        self.loop.call_soon_threadsafe(step, *values)

    async def written(self, _: bytes, __: bytes) -> str:
        return ""  # in place of Kafka

    def _run(self) -> None:
        async def until_cancelled() -> None:
            wallboard = Wallboard(self._latest, lambda: self._feed.problem)
            ack = AckRoute(self._latest, lambda: self._feed.problem, now_ms, LINK_KEY, self.written)
            entrance = entrance_of(None, wallboard, lambda _: None)
            await serve(self._feed, wallboard, ack, entrance, Place(host=HOST, port=self.port))

        self._task = self.loop.create_task(until_cancelled())
        try:
            self.loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self.loop.close()


class Page:
    """What somebody sees who stands before the wall."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def text(self, selector: str) -> str:
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0].text if found else ""

    def cell(self, queue: str, column: str) -> str:
        return self.text(f'tr[data-queue="{queue}"] .{column} .figure')

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        wall = {"width": 1920, "height": 1080, "deviceScaleFactor": 1, "mobile": False}
        found.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", wall)
        yield found


@contextmanager
def wall_with(driver: webdriver.Chrome, *, at: int) -> Iterator[tuple[Page, FedByHand, Served]]:
    """A wall that shows the floor of `records(at)`."""
    latest = Latest()
    for record in records(at):
        latest.apply(*record)
    feed = FedByHand(latest)
    with Served(feed, latest) as served:
        driver.get(served.url)
        page = Page(driver)
        wait_until(lambda: page.text("#rows tr .name"), "the first row is there")
        # A mark that a reload would wipe away.
        driver.execute_script("window.notReloaded = true")
        yield page, feed, served


def test_a_number_changes_and_the_oldest_wait_ticks_without_a_reload(
    driver: webdriver.Chrome,
) -> None:
    with wall_with(driver, at=now_ms()) as (page, feed, served):
        assert page.cell("power-outage", "waiting") == "19"
        page.picture("wallboard")
        shown = page.cell("power-outage", "oldest")
        wait_until(lambda: page.cell("power-outage", "oldest") != shown, "the oldest wait ticks")
        changed = snapshot(
            now_ms(), queue="power-outage", version=2, waiting=27,
            oldest_arrived_at=now_ms() - 200_000,
        )  # fmt: skip
        served.call(feed.say, "snapshots", b"power-outage", encode(changed))
        wait_until(lambda: page.cell("power-outage", "waiting") == "27", "the number changes")
        assert driver.execute_script("return window.notReloaded") is True
        assert not page.text("#banner")


def test_a_feed_that_stands_still_is_blanked_by_the_board(driver: webdriver.Chrome) -> None:
    with wall_with(driver, at=now_ms() - 60_000) as (page, _, _served):
        assert page.text("#banner").startswith("NO LIVE DATA since ")
        assert page.cell("power-outage", "waiting") == "–"
        assert page.cell("power-outage", "level") == "–"
        assert page.text('tr[data-queue="power-outage"] .word') == "NO DATA"
        assert page.text("#tally").endswith("– act · – watch")  # 0 would say that all is well
        assert driver.execute_script(_SPILLED) == []
        page.picture("wallboard-no-live-data")


def test_stale_figures_are_grey_say_their_time_and_do_not_tick(driver: webdriver.Chrome) -> None:
    with wall_with(driver, at=now_ms()) as (page, feed, served):
        stale = snapshot(
            now_ms(), queue="power-outage", version=2, waiting=5, source_stale=True,
            oldest_arrived_at=now_ms() - 61_000,
        )  # fmt: skip
        served.call(feed.say, "snapshots", b"power-outage", encode(stale))
        row = 'tr[data-queue="power-outage"]'
        wait_until(lambda: page.text(f"{row} .word") == "STALE", "the row is stale")
        assert "as of " in page.text(f"{row} .why")
        assert page.cell("power-outage", "oldest") == "1:01"
        colour = driver.execute_script(
            "return getComputedStyle(document.querySelector(arguments[0])).color",
            f"{row} .waiting .figure",
        )
        assert colour == _OLD_GREY


def test_when_all_figures_are_stale_those_of_all_queues_are_grey_too(
    driver: webdriver.Chrome,
) -> None:
    with wall_with(driver, at=now_ms() - 15_000) as (page, _, _served):
        assert page.text("#banner").startswith("DATA IS STALE")
        assert page.text("#tally").endswith("– act · – watch")
        colours = driver.execute_script(
            "return [...document.querySelectorAll('.totals dd, #rows .figure, #rows .below .figure')]"
            ".flatMap(node => [getComputedStyle(node).color, getComputedStyle(node, '::before').color])"
        )
        assert set(colours) == {_OLD_GREY}
        page.picture("wallboard-stale")


def test_a_phone_has_every_figure_with_its_name_and_nothing_beside_the_screen(
    driver: webdriver.Chrome,
) -> None:
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    wall = {"width": 1920, "height": 1080, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        with wall_with(driver, at=now_ms()) as (page, _, _served):
            assert (
                driver.execute_script("return innerWidth") == 390
            )  # wider: the page was zoomed out
            assert driver.execute_script(_MEASURE)["overflow"][0] <= 0
            assert driver.execute_script(_BESIDE) == []
            assert len(driver.find_elements(By.CSS_SELECTOR, "#rows tr")) == 25
            labels = driver.execute_script(
                "return [...document.querySelectorAll('#rows tr:first-child td:not(.sign)')].map(node =>"
                " getComputedStyle(node, '::before').content)"
            )
            assert labels == [
                '"Waiting"', '"Oldest wait"', '"Service level 30 min"', '"Service level today"',
                '"Abandoned 30 min"', '"Agents free"',
            ]  # fmt: skip
            page.picture("wallboard-phone")
    finally:
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", wall)


def test_few_calls_and_an_older_stream_are_said_in_words_that_fit(
    driver: webdriver.Chrome,
) -> None:
    few = Counts(offered=4, answered=4, answered_in_target=1)
    with wall_with(driver, at=now_ms()) as (page, feed, served):
        told: dict[str, dict[str, object]] = {
            "burst-pipes": {
                "windows": {30: few},
                "today": few,
                "attention": Attention("watch", "x"),
            },
            "power-outage": {"attention": None, "waiting": 5, "oldest_arrived_at": now_ms()},
        }
        for queue, changes in told.items():
            shown = snapshot(now_ms(), queue=queue, version=2, **changes)
            served.call(feed.say, "snapshots", queue.encode(), encode(shown))
        row = 'tr[data-queue="burst-pipes"]'
        wait_until(lambda: page.text(f"{row} .level small") == "n 4 · few calls", "few calls")
        assert page.text(f"{row} .today small") == "n 4 · few calls"
        assert not driver.find_elements(By.CSS_SELECTOR, f"{row} .below")
        page.picture("wallboard-few-calls")
        driver.get(f"{served.url}?view=desk")
        other = 'tr[data-queue="power-outage"]'
        wait_until(lambda: page.text(f"{other} .word") == "NONE", "the row has no word")
        assert page.text(f"{other} .why").startswith("not judged: stream is an older release")
        assert page.cell("power-outage", "waiting") == "5"
        page.picture("wallboard-not-judged")


def test_a_name_that_is_too_long_is_cut_at_its_end_in_any_script(driver: webdriver.Chrome) -> None:
    """From the left an Arabic name lost its first word, the one that tells it from others."""
    name = "صهاريج المياه – المنطقة الشمالية الغربية الساحلية والجزر القريبة منها كلها"
    with wall_with(driver, at=now_ms()) as (page, feed, served):
        version = TargetsVersion(9, 0, 0, "UTC", (targets(queue="power-outage", name=name),))
        served.call(feed.say, "targets", b"9", encode(version))
        shown = 'tr[data-queue="power-outage"] .name'
        wait_until(lambda: page.text(shown) == name, "the queue has its new name")
        first, cell = driver.execute_script(_FIRST_WORD, shown)
        assert cell["left"] <= first["left"] < first["right"] <= cell["right"] + 1
        page.picture("wallboard-arabic")


def test_a_lost_board_is_shown_by_the_page_alone(driver: webdriver.Chrome) -> None:
    with wall_with(driver, at=now_ms()) as (page, _, served):
        served.stop()
        banner = wait_until(lambda: page.text("#banner"), "the page says that it hears nothing")
        assert banner.startswith("NO LIVE DATA since ")
        assert page.cell("power-outage", "waiting") == "–"
        assert page.cell("power-outage", "oldest") == "–"
        assert page.text("#total-waiting") == "–"


def test_it_can_be_read_from_five_metres_and_never_by_colour_alone(
    driver: webdriver.Chrome,
) -> None:
    with wall_with(driver, at=now_ms()) as (page, _, served):
        size = driver.execute_script(_MEASURE)
        assert size["overflow"] == [0, 0]  # a wall has nobody who scrolls
        assert driver.execute_script(_SPILLED) == []
        for selector in (".waiting", ".oldest", ".level", ".today", ".abandoned", ".agents"):
            assert min(size["figures"][selector]) >= 0.06 * 1080 - 1, selector
        words = driver.execute_script(
            "return [...document.querySelectorAll('[data-level]')].map(node => "
            "node.querySelector('.word').textContent + node.querySelector('.glyph').textContent)"
        )
        assert len(words) == 25
        assert set(words) <= {"ACT◆", "WATCH▲", "OK✓", "CLOSED–"}
        assert {row: ratio for row, ratio in size["contrast"].items() if ratio < 4.5} == {}
        assert [
            tag.tag_name for tag in driver.find_elements(By.CSS_SELECTOR, "tbody th[scope=row]")
        ] == ["th"] * 8
        driver.get(f"{served.url}?view=desk")
        wait_until(lambda: page.cell("night-line", "waiting"), "all queues are on the desk")
        assert len(driver.find_elements(By.CSS_SELECTOR, "#rows tr")) == 25
        page.picture("wallboard-desk")


def test_an_alert_is_acknowledged_by_its_link_on_a_phone(driver: webdriver.Chrome) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    now = now_ms()
    with wall_with(driver, at=now) as (page, feed, served):
        told = firing(onset_at=now - 200_000, fired_at=now - 185_000, version=now)
        feed.say("alerts", told.alert_id.encode(), encode(told))
        link = AckLink(told.alert_id, "billing-duty", expires_at(now))
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        driver.get(address(served.url.rstrip("/"), LINK_KEY, link))
        assert page.text("h1") == "Do you have it?"
        assert told.reason in page.text("main")
        size = driver.execute_script(_MEASURE)
        assert size["overflow"][0] <= 0  # nothing lies beside the screen
        assert {text: ratio for text, ratio in size["contrast"].items() if ratio < 4.5} == {}
        button = driver.find_element(By.CSS_SELECTOR, "button")
        assert button.rect["y"] + button.rect["height"] <= 740  # without scrolling
        page.picture("ack-phone")
        driver.find_element(By.NAME, "who").send_keys("Ann")
        driver.find_element(By.NAME, "note").send_keys("two agents are on their way")
        button.click()
        wait_until(lambda: page.text("h1") == "Ann has it", "it is acknowledged")
        page.picture("ack-phone-done")
        driver.get(driver.current_url)  # once more, from the message
        assert page.text("h1") == "Ann has it already"
        assert "two agents are on their way" in page.text("main")
        assert driver.find_elements(By.TAG_NAME, "form") == []
        page.picture("ack-phone-taken")


def test_from_a_real_kafka_to_the_screen(driver: webdriver.Chrome, kafka: LocalKafka) -> None:
    namespace = unique("wall") + "."
    bootstrap = kafka.place.bootstrap
    asyncio.run(_create(bootstrap, namespace))
    latest = Latest()
    now = now_ms()
    asyncio.run(_send(bootstrap, namespace, [records(now)[0], *_one_queue(now, waiting=3)]))
    with Served(Feed(bootstrap, namespace, latest), latest) as served:
        driver.get(served.url)
        page = Page(driver)
        wait_until(lambda: page.cell("burst-pipes", "waiting") == "3", "Kafka reaches the screen")
        wait_until(lambda: get(f"{served.url}healthz"), "every part is ready")
        now = now_ms()
        asyncio.run(_send(bootstrap, namespace, _one_queue(now, waiting=4, version=2)))
        wait_until(lambda: page.cell("burst-pipes", "waiting") == "4", "a change reaches it too")


def _one_queue(now: int, waiting: int, version: int = 1) -> list[tuple[str, bytes, bytes]]:
    shown = snapshot(now, waiting=waiting, version=version, oldest_arrived_at=now)
    return [
        ("snapshots", b"burst-pipes", encode(shown)),
        *(("health", name.encode(), encode(healthy(name, now))) for name in ("stream", "archive")),
    ]


async def _create(bootstrap: str, namespace: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic_name(name, namespace), 2, 1) for name in TOPICS])
    await admin.close()


async def _send(bootstrap: str, namespace: str, what: list[tuple[str, bytes, bytes]]) -> None:
    """In one transaction, as the stream does: its markers must not keep the board waiting."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique("stream"))
    await producer.start()
    try:
        async with producer.transaction():
            for topic, key, value in what:
                await producer.send(topic_name(topic, namespace), value, key)
    finally:
        await producer.stop()


_OLD_GREY = "rgb(141, 153, 165)"
# Words and bases that are wider than their cell, so that they touch what stands in the next one.
_SPILLED = """
return [...document.querySelectorAll("#rows td.sign, #rows small")].filter((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const [text, cell] = [range.getBoundingClientRect(), node.closest("td, th").getBoundingClientRect()];
  return !node.matches(".why") && text.width > 0 && (text.left < cell.left || text.right > cell.right);
}).map((node) => node.textContent);
"""
_FIRST_WORD = """
const node = document.querySelector(arguments[0]);
const range = document.createRange();
range.setStart(node.firstChild, 0);
range.setEnd(node.firstChild, node.textContent.indexOf(" "));
return [range.getBoundingClientRect().toJSON(), node.getBoundingClientRect().toJSON()];
"""
_BESIDE = """
return [...document.querySelectorAll("body *")].filter((node) => {
  const box = node.getBoundingClientRect();
  return node.tagName !== "CAPTION" && box.width > 0 && (box.left < 0 || box.right > innerWidth + 1);
}).map((node) => `${node.className} ${node.textContent.slice(0, 40)}`);
"""
_MEASURE = """
const page = document.documentElement;
const size = (node) => parseFloat(getComputedStyle(node).fontSize);
const figures = {};
for (const column of [".waiting", ".oldest", ".level", ".today", ".abandoned", ".agents"])
  figures[column] = [...document.querySelectorAll(`tbody ${column} .figure`)].map(size);
const light = (colour) => {
  const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (node) => {
  for (let each = node; each; each = each.parentElement) {
    const colour = getComputedStyle(each).backgroundColor;
    if (!colour.startsWith("rgba(0, 0, 0, 0")) return colour;
  }
  return "rgb(255, 255, 255)";
};
const contrast = {};
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || node.getClientRects().length === 0) continue;
  const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
  contrast[`${node.tagName} ${node.className} ${node.textContent.slice(0, 20)}`] = (pair[0] + 0.05) / (pair[1] + 0.05);
}
return {
  overflow: [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight],
  figures, contrast,
};
"""
