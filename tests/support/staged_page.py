"""A page of the board that hears what a test says, by a clock and timers of the test: a drawing takes as long as it says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver

from tests.support.browser import chromium
from tests.support.served_board import Page, board_with, screen
from tests.support.services import get

DRAWING_MS = 300
_STAGED = """{
let now = 1000;
performance.now = () => now;
let drawing = DRAWING_MS;
window.passes = (ms) => { now += ms; };
window.drawsAtOnce = () => { drawing = 0; };
const parse = DOMParser.prototype.parseFromString;
DOMParser.prototype.parseFromString = function (...given) { now += drawing; return parse.apply(this, given); };
window.EventSource = class extends EventTarget { constructor() { super(); window.source = this; } close() {} };
window.later = [];
window.setTimeout = (step, ms = 0) => { window.later.push([step, ms]); return 0; };
window.setInterval = () => 0;
window.requestAnimationFrame = (step) => { step(); return 0; };
window.loads = 0;
navigation.addEventListener("navigate", (event) => {
  if (event.navigationType !== "reload") return;
  window.loads += 1;
  event.preventDefault();
});
}""".replace("DRAWING_MS", str(DRAWING_MS))
_SAY = "source.dispatchEvent(new MessageEvent(arguments[0], { data: arguments[1] }))"
_RUN = (
    "const run = later.splice(0); for (const [step] of run) step(); return run.map(([, ms]) => ms)"
)


class Staged:
    """`loads` counts how often the page asked to be loaded anew; it is not."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self._told = json.loads(get(f"{page.url}api/page?page={path}&lang=en") or b"")

    def says(self, title: str, **other: str) -> None:
        self.page.run(_SAY, "page", json.dumps(self._told | {"title": title, **other}))

    def has_a_problem(self) -> None:
        self.page.run(_SAY, "problem", "{}")

    def passes(self, ms: int) -> None:
        self.page.run("passes(arguments[0])", ms)

    def draws_at_once(self) -> None:
        """From now on a drawing takes no time, so what ticks stands still."""
        self.page.run("drawsAtOnce()")

    def run_timers(self) -> list[float]:
        """How long each of them was to wait."""
        waits: list[float] = self.page.run(_RUN)
        return waits

    @property
    def drawn(self) -> str:
        title: str = self.page.run("return document.title.split(' · ')[0]")
        return title

    @property
    def loads(self) -> int:
        return int(self.page.run("return loads"))


@contextmanager
def staging() -> Iterator[webdriver.Chrome]:
    """A browser whose pages are staged."""
    with chromium() as driver:
        screen(driver, 1920, 1080)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _STAGED})
        yield driver


@contextmanager
def staged_page(driver: webdriver.Chrome, path: str) -> Iterator[Staged]:
    with board_with(driver) as (page, _, _served):
        page.open(path)
        staged = Staged(page, path)
        staged.run_timers()
        yield staged
