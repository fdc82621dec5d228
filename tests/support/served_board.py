"""A board that serves in a thread, and somebody who looks at its pages in a real browser."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from selenium import webdriver

from dashboards.callers.stays import Stays
from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.past import Archive
from dashboards.wallboard.process import entrance_of
from dashboards.wallboard.server import Place, Wallboard, serve
from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from streams.plumbing.wall_clock import now_ms
from tests.support.browser import texts_of
from tests.support.floors import records
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

    def __init__(
        self,
        feed: Feed,
        latest: Latest,
        archive: Archive | None = None,
        stays: Stays | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._archive, self._stays, self._clock = archive, stays, clock
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
            wallboard = Wallboard(
                self._latest, lambda: self._feed.problem, self._clock, self._stays, self._archive
            )
            ack = AckRoute(
                self._latest, lambda: self._feed.problem, self._clock, LINK_KEY, self.written
            )
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
    """What somebody sees who stands before it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, path: str, shows: str = "main") -> None:
        self.driver.get(self.url.rstrip("/") + path)
        wait_until(lambda: self.text(shows), f"{path} shows {shows}")

    def text(self, selector: str) -> str:
        return "".join(texts_of(self.driver, selector)[:1])

    def cell(self, queue: str, column: str) -> str:
        return self.text(f'tr[data-queue="{queue}"] .{column} .figure')

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))


def screen(driver: webdriver.Chrome, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@contextmanager
def board_with(
    driver: webdriver.Chrome,
    what: list[tuple[str, bytes, bytes]] | None = None,
    archive: Archive | None = None,
    stays: Stays | None = None,
    clock: Callable[[], int] = now_ms,
) -> Iterator[tuple[Page, FedByHand, Served]]:
    """A board of these records, by default the floor of `records` as of now, of no archive and of callers of whom nothing is known."""
    latest = Latest()
    for record in records(now_ms()) if what is None else what:
        latest.apply(*record)
    feed = FedByHand(latest)
    with Served(feed, latest, archive, stays, clock) as served:
        yield Page(driver, served.url), feed, served


# Pairs of colours that are too near to each other, of every text that is shown.
CONTRAST = """
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
const low = {};
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || node.getClientRects().length === 0) continue;
  const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < 4.5) low[`${node.tagName} ${node.className} ${node.textContent.slice(0, 20)}`] = ratio;
}
return low;
"""
# Texts of which a part lies beside the screen, or beside the cell that they stand in.
CUT = """
return [...document.querySelectorAll("#page *")].filter((node) => {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || node.closest("caption, .heard, thead") || node.getClientRects().length === 0) return false;
  const range = document.createRange();
  range.selectNodeContents(node);
  const text = range.getBoundingClientRect();
  const cell = (node.closest("td, th, dd, main") ?? document.body).getBoundingClientRect();
  const beside = text.left < -1 || text.right > innerWidth + 1;
  return beside || text.left < cell.left - 1 || text.right > cell.right + 1;
}).map((node) => `${node.className}: ${node.textContent.slice(0, 40)}`);
"""
