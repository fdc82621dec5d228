"""What a page of 1,000 queues costs a browser: its size, when it is painted first, and the work of each update.

A board in this process, the floor `large`, real chromium; no Kafka. Times of the clock are those of the machine; the work is
processor time of the page's main thread (chromium's `threadTicks`), which others on the machine change little.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from selenium import webdriver

from schemas.codec import decode_as, encode
from schemas.snapshots import QueueSnapshot
from streams.plumbing.wall_clock import now_ms
from tests.bench.part import Bench, Part
from tests.bench.traffic import MANY_QUEUES
from tests.support.browser import chromium
from tests.support.floors import Record, healthy, large
from tests.support.served_board import FedByHand, Page, board_with, screen
from tests.support.services import get
from tests.support.waiting import wait_until

PAGES = ("/", "/wall", "/desk")
_RUNS, _UPDATES = 3, 10
_ARRIVED = """
const done = arguments[arguments.length - 1];
const painted = () => performance.getEntriesByName("first-contentful-paint")[0];
const asked = () => painted() ? done(painted().startTime) : setTimeout(asked, 20);
asked();
"""
_SHOWN = "return document.querySelector('#totals .waiting .figure')?.textContent"


class Found(Struct, frozen=True):
    """`load_cpu_ms` and `update_cpu_ms` are of the page's main thread: of one load, and until every queue that is told
    anew is drawn, in one update or in several.
    """

    page: str
    kb: float
    nodes: int
    first_paint_ms: float
    load_cpu_ms: float
    update_cpu_ms: float


def measure(queues: int) -> list[Found]:
    with chromium() as driver:
        screen(driver, 1920, 1080)
        records = large(now_ms(), queues)
        with board_with(driver, records) as (page, feed, _):
            floor = _Floor(records, feed)
            return [_of_page(driver, page, floor, path) for path in PAGES]


class _Floor:
    """Every queue is told anew each time, as a stream does, so that none grows old; in one of them somebody more waits."""

    def __init__(self, records: list[Record], feed: FedByHand) -> None:
        self._snapshots = [decode_as(QueueSnapshot, each[2]) for each in records if each[0] == "snapshots"]  # fmt: skip
        self._feed = feed
        self._told = 0

    def moves(self) -> None:
        self._told += 1
        now, first = now_ms(), self._snapshots[0]
        for each in self._snapshots:
            more = self._told if each is first else 0
            told = replace(each, version=each.version + self._told, as_of=now, published_at=now, waiting=each.waiting + more)  # fmt: skip
            self._feed.say("snapshots", told.queue.encode(), encode(told))
        for process in ("stream", "archive", "notify"):
            self._feed.say("health", f"{process}/1".encode(), encode(healthy(process, now)))


def _of_page(driver: webdriver.Chrome, page: Page, floor: _Floor, path: str) -> Found:
    sent = get(page.url.rstrip("/") + path) or b""
    painted, loads = [], []
    for _ in range(_RUNS):
        driver.get("about:blank")
        floor.moves()
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        before = _worked_s(driver)
        driver.get(
            page.url.rstrip("/") + path
        )  # its text is not read: that is work of the page's thread, too
        painted.append(float(driver.execute_async_script(_ARRIVED)))
        loads.append(_worked_s(driver) - before)
        driver.execute_cdp_cmd("Performance.disable", {})
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    nodes = page.run("return document.querySelectorAll('*').length")
    began = _worked_s(driver)
    for _ in range(_UPDATES):
        was = page.run(_SHOWN)
        floor.moves()
        wait_until(lambda was=was: page.run(_SHOWN) != was, f"{path} moves")  # type: ignore[misc]
    worked = _worked_s(driver) - began
    driver.execute_cdp_cmd("Performance.disable", {})
    return Found(
        page=path, kb=len(sent) / 1000, nodes=nodes, first_paint_ms=median(painted),
        load_cpu_ms=1000 * median(loads), update_cpu_ms=1000 * worked / _UPDATES,
    )  # fmt: skip


def _worked_s(driver: webdriver.Chrome) -> float:
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def figures(found: list[Found]) -> dict[str, Any]:
    return {
        "first_paint_ms": {each.page: round(each.first_paint_ms) for each in found},
        "page_kb": {each.page: round(each.kb) for each in found},
        "page_nodes": {each.page: each.nodes for each in found},
        "update_cpu_ms": {each.page: round(each.update_cpu_ms, 1) for each in found},
    }


def rows(found: list[Found]) -> Iterator[tuple[str, str, str]]:
    for each in found:
        what = f"{each.page} of many queues"
        yield (
            f"{what}, first paint",
            f"{each.first_paint_ms:.0f} ms",
            f"{each.load_cpu_ms:.0f} ms of the page's thread to load",
        )
        yield "  its size", f"{each.kb:.0f} kB", f"{each.nodes:,} nodes"
        yield "  every queue told anew", f"{each.update_cpu_ms:.1f} ms", "of the page's thread"


def _in(bench: Bench) -> None:
    found = measure(MANY_QUEUES)
    bench.take(figures(found), rows(found))


PART = Part("paint", _in)
