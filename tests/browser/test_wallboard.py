"""The board in a real browser: it moves by itself, it ticks, and it never shows old as live.

The pictures are kept under build/screenshots.
"""

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from selenium import webdriver
from selenium.webdriver.common.by import By

from dashboards.wallboard.feed import TOPICS, Feed
from dashboards.wallboard.latest import Latest
from schemas.ack_link import AckLink, address, expires_at
from schemas.codec import encode
from schemas.topics import topic_name
from streams.local.kafka import LocalKafka
from streams.plumbing.wall_clock import now_ms
from tests.support.alerts import alert as firing
from tests.support.browser import chromium
from tests.support.floors import healthy, records, snapshot
from tests.support.names import unique
from tests.support.served_board import CONTRAST, LINK_KEY, Page, Served, board_with, screen
from tests.support.services import get
from tests.support.waiting import wait_until

OUTAGE = "power-outage"
GREEN = "return document.querySelectorAll('[data-level=ok], [data-level=act], [data-level=watch]').length"
FIGURES = (
    "return [...new Set([...document.querySelectorAll('.figure')].map((node) => node.textContent))]"
)


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        screen(found, 1920, 1080)
        yield found


def is_lost(page: Page) -> bool:
    """It says so, no figure is left, and nothing looks as if all were well."""
    return (
        page.text("#banner").startswith("NO LIVE DATA since ")
        and page.run(FIGURES) == ["–"]
        and page.run(GREEN) == 0
    )


def test_a_number_changes_and_the_oldest_wait_ticks_without_a_reload(
    driver: webdriver.Chrome,
) -> None:
    with board_with(driver) as (page, feed, served):
        page.open("/")
        page.run("window.notReloaded = true")  # a mark that a reload would wipe away
        assert page.cell(OUTAGE, "waiting") == "19"
        shown = page.cell(OUTAGE, "oldest")
        wait_until(lambda: page.cell(OUTAGE, "oldest") != shown, "the oldest wait ticks")
        changed = snapshot(
            now_ms(), queue=OUTAGE, version=2, waiting=27, oldest_arrived_at=now_ms() - 200_000
        )
        served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
        wait_until(lambda: page.cell(OUTAGE, "waiting") == "27", "the number changes")
        assert page.run("return window.notReloaded") is True
        assert not page.text("#banner")


def test_without_a_script_every_figure_is_there(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, _, _served):
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            driver.get(f"{page.url}queue/{OUTAGE}")
            assert page.text(".band .waiting .figure") == "19"
            assert page.text(".no-script").startswith("This page is as of ")
        finally:
            driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.fixture
def older(driver: webdriver.Chrome) -> Iterator[None]:
    """As in a browser that cannot read board.js; its clock runs fast."""
    fast = {
        "source": "const slow = setInterval; window.setInterval = (step, ms) => slow(step, ms / 30); delete window.structuredClone;"
    }
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", fast)
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/board.js"]})
    yield
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


@pytest.mark.usefixtures("older")
@pytest.mark.parametrize("path", ["/wall", "/"])
def test_where_the_script_cannot_be_read_figures_are_of_now_all_the_same(
    driver: webdriver.Chrome, path: str
) -> None:
    with board_with(driver) as (page, feed, served):
        page.open(path)
        assert "is loaded anew every 15 seconds" in page.text("footer")
        changed = snapshot(now_ms(), queue=OUTAGE, version=2, waiting=29)
        served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
        wait_until(lambda: page.cell(OUTAGE, "waiting") == "29", "the figure is the new one")
        served.stop()
        wait_until(lambda: page.text("#banner").startswith("NO LIVE DATA since"), "it says so")
        assert page.run("return document.querySelectorAll('#page .figure, .sign').length") == 0


@pytest.mark.usefixtures("older")
def test_a_board_that_goes_behind_its_answer_leaves_no_figure_and_no_error_of_the_browser(
    driver: webdriver.Chrome,
) -> None:
    """Loaded as a whole, the page was the browser's own error then, or had its figures without any script, and stayed so."""
    with board_with(driver) as (page, _feed, _served):
        page.open("/wall")
        files = ["*.js", "*.css"]  # what a page that is loaded asks for after its own text
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": files})
        page.run("document.body.isTheFirst = true")
        before = page.run("return document.getElementById('page').dataset.now")
        now = "return document.getElementById('page').dataset.now"
        wait_until(lambda: page.run(now) != before, "a newer page stands there")
        assert page.run("return document.body.isTheFirst")
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": [*files, "*/wall"]})
        rows = "return document.querySelectorAll('#page tr').length"
        wait_until(lambda: page.run(rows) == 0, "its figures are gone")
        assert page.text("#banner").startswith("NO LIVE DATA since")
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": files})
        wait_until(lambda: page.cell(OUTAGE, "waiting"), "the figures come back by themselves")


@pytest.mark.usefixtures("older")
def test_where_the_script_did_not_come_with_the_page_it_comes_later(
    driver: webdriver.Chrome,
) -> None:
    """In a browser that can read it: else one failure on the way would cost a desk its orders until somebody loads it anew."""
    with board_with(driver) as (page, _feed, _served):
        page.open("/wall")
        begun = "return document.documentElement.hasAttribute('data-script')"
        assert not page.run(begun)
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
        page.run("window.structuredClone = () => null")
        wait_until(lambda: page.run(begun), "the script runs")


def test_where_the_script_runs_the_other_one_rests(driver: webdriver.Chrome) -> None:
    fast = {
        "source": "const slow = setInterval; window.setInterval = (step, ms) => slow(step, ms === 15000 ? 50 : ms);"
    }
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", fast)
    try:
        with board_with(driver) as (page, _, _served):
            page.open("/wall")
            page.run("document.getElementById('page').isTheFirst = true")
            rounds = "const [done] = arguments; let left = 20; const id = setInterval(() => { left -= 1; if (!left) { clearInterval(id); done(); } }, 15000);"
            driver.execute_async_script(rounds)
            assert page.run("return document.getElementById('page').isTheFirst")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_a_feed_that_stands_still_is_blanked_by_the_board(driver: webdriver.Chrome) -> None:
    with board_with(driver, records(now_ms() - 60_000)) as (page, _, _served):
        for path in ("/", "/wall", f"/queue/{OUTAGE}"):
            page.open(path)
            assert is_lost(page), path
        page.picture("no-live-data")


def test_stale_figures_are_grey_say_their_time_and_do_not_tick(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, feed, served):
        page.open("/wall?theme=dark")
        stale = snapshot(
            now_ms(), queue=OUTAGE, version=2, waiting=5, source_stale=True,
            oldest_arrived_at=now_ms() - 61_000,
        )  # fmt: skip
        served.call(feed.say, "snapshots", OUTAGE.encode(), encode(stale))
        row = f'tr[data-queue="{OUTAGE}"]'
        wait_until(lambda: page.text(f"{row} .word") == "STALE", "the row is stale")
        assert page.text(f"{row} .why").startswith("as of ")
        assert page.cell(OUTAGE, "oldest") == "1:01"
        colour = "return getComputedStyle(document.querySelector(arguments[0])).color"
        assert page.run(colour, f"{row} .waiting .figure") == "rgb(141, 153, 165)"


@pytest.mark.parametrize("path", ["/wall", f"/queue/{OUTAGE}"])
def test_a_board_that_stops_is_told_by_the_page_alone(driver: webdriver.Chrome, path: str) -> None:
    with board_with(driver) as (page, _, served):
        page.open(path)
        served.stop()
        wait_until(lambda: is_lost(page), "the page says that it hears nothing")
        assert "tries again" in page.text("#banner")
        assert page.text(".columns") == ""
        page.picture("lost-board")


def test_a_connection_that_is_cut_is_replaced_by_asking(driver: webdriver.Chrome) -> None:
    """Some proxies let no stream of events through."""
    with board_with(driver) as (page, feed, served):
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/events?*"]})
        try:
            page.open("/")
            changed = snapshot(now_ms(), queue=OUTAGE, version=2, waiting=28)
            served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
            wait_until(lambda: page.cell(OUTAGE, "waiting") == "28", "the page asks by itself")
        finally:
            driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def test_a_tab_that_slept_does_not_show_what_held_before(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, feed, served):
        page.open("/")
        page.run(
            "window.told = []; new MutationObserver(() => window.told.push(document.getElementById('banner')"
            ".textContent)).observe(document.getElementById('told'), {subtree: true, childList: true, characterData: true})"
        )
        page.run("document.dispatchEvent(new Event('resume'))")
        assert any("NO LIVE DATA since" in text for text in page.run("return window.told"))
        changed = snapshot(now_ms(), queue=OUTAGE, version=2, waiting=29)
        served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
        wait_until(lambda: page.cell(OUTAGE, "waiting") == "29", "it follows again")
        assert not page.text("#banner")


def test_updates_do_not_let_the_page_grow(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, _, _served):
        page.open("/")
        driver.set_script_timeout(120)
        grown = driver.execute_async_script(_UPDATES)
        assert grown["after"] == grown["before"]


def test_an_alert_is_acknowledged_by_its_link_on_a_phone(driver: webdriver.Chrome) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    now = now_ms()
    with board_with(driver, records(now)) as (page, feed, served):
        told = firing(onset_at=now - 200_000, fired_at=now - 185_000, version=now)
        feed.say("alerts", told.alert_id.encode(), encode(told))
        link = AckLink(told.alert_id, "billing-duty", expires_at(now))
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        driver.get(address(served.url.rstrip("/"), LINK_KEY, link))
        assert page.text("h1") == "Do you have it?"
        assert told.reason in page.text("main")
        assert page.run("return document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.run(CONTRAST) == {}
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
        page = Page(driver, served.url)
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


# Every other update has other figures and other levels, as a minute of a busy floor.
_UPDATES = """
const done = arguments[arguments.length - 1];
import("/morph.js").then(({ morph }) => {
  const page = document.getElementById("page");
  const one = page.outerHTML;
  const other = one.replaceAll(">19<", ">20<").replaceAll("data-level=\\"ok\\"", "data-level=\\"watch\\"");
  const count = () => document.querySelectorAll("*").length;
  const drawn = (html) => new DOMParser().parseFromString(html, "text/html").getElementById("page");
  const before = count();
  for (let n = 0; n < 100; n += 1) morph(page, drawn(n % 2 ? one : other));
  done({ before, after: count() });
});
"""
