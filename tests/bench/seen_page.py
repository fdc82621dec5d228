"""What a page in chromium costs while it is kept anew: what it hears, what it draws, and what each process takes meanwhile."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from selenium import webdriver

from tests.bench.pixel_stages import number_in
from tests.bench.processes import cpu_s, tree_of, waited_s

# Before the page's own script has it.
_HEAR = """{
window.heard = {}; window.heardAt = []; window.heardBytes = 0;
const number = new RegExp(%s);
const listen = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (kind, listener, ...rest) {
  const heard = (event) => {
    const at = Date.now(), found = number.exec(event.data);
    if (found) window.heard[found[1]] ??= at;
    window.heardAt.push(at);
    window.heardBytes += event.data.length;
    listener(event);
  };
  return listen.call(this, kind, kind === "page" ? heard : listener, ...rest);
};
}"""


class Used(Struct, frozen=True):
    """Shares of one core by process, of the time in which its main thread had work and no core, and of the machine that nobody used."""

    cpu: dict[str, float]
    waited: dict[str, float]
    idle: float

    def with_share(self, name: str, share: float | None) -> "Used":
        """With what a process has told of itself, if it has."""
        return self if share is None else replace(self, cpu=self.cpu | {name: share})


class Drawn(Struct, frozen=True):
    """Pages a second that the browser heard and drew; the rest is of a drawn one: bytes, and the work of its main thread."""

    heard_per_s: float
    drawn_per_s: float
    kb: float
    script_ms: float
    layout_ms: float
    all_ms: float


def listen_before_page(driver: webdriver.Chrome, page: str, queue: str) -> None:
    """Each page that is loaded from now on keeps in `window.heard` when it heard each number first."""
    script = _HEAR % json.dumps(number_in(page, queue))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})


def kept_in(driver: webdriver.Chrome, name: str) -> dict[int, int]:
    """What the page wrote down, by number."""
    return {int(n): at for n, at in driver.execute_script(f"return window.{name}").items()}


class Drawing:
    """Counts the work from its making on, which waits for the page: before it is busy."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver
        self._before = self._worked()
        self._drawn = len(self._kept("drawnAt"))

    def told(self, since: int, upto: int) -> Drawn:
        """`since` and `upto` (ms since 1970) are those of the rates."""
        now, heard, drawn = self._worked(), self._kept("heardAt"), self._kept("drawnAt")
        pages = max(len(drawn) - self._drawn, 1)
        each_ms = {name: 1_000 * (now[name] - was) / pages for name, was in self._before.items()}
        size = self._driver.execute_script("return window.heardBytes")
        heard_per_s, drawn_per_s = (
            1_000 * sum(since <= at <= upto for at in those) / (upto - since)
            for those in (heard, drawn)
        )
        return Drawn(
            heard_per_s=heard_per_s, drawn_per_s=drawn_per_s, kb=size / max(len(heard), 1) / 1_000, script_ms=each_ms["ScriptDuration"],
            layout_ms=each_ms["LayoutDuration"] + each_ms["RecalcStyleDuration"], all_ms=each_ms["TaskDuration"],
        )  # fmt: skip

    def _kept(self, name: str) -> list[int]:
        found: list[int] = self._driver.execute_script(f"return window.{name}")
        return found

    def _worked(self) -> dict[str, float]:
        told = self._driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        found = {each["name"]: float(each["value"]) for each in told}
        wanted = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")
        return {name: found[name] for name in wanted}


class Meter:
    """What these processes, and the browser's, take from its making on."""

    def __init__(self, processes: Mapping[str, int], driver: webdriver.Chrome) -> None:
        browser = _of_browser(driver.service.process.pid)
        self._pids = {name: [pid] for name, pid in processes.items()} | browser
        self._cpu, self._waited, self._idle = self._cpus(), self._waits(), _idle_s()
        self._began = time.monotonic()

    def used(self) -> Used:
        took = time.monotonic() - self._began
        idle = (_idle_s() - self._idle) / (os.cpu_count() or 1)
        return Used(
            {name: (now - self._cpu[name]) / took for name, now in self._cpus().items()},
            {name: (now - self._waited[name]) / took for name, now in self._waits().items()},
            idle / took,
        )

    def _cpus(self) -> dict[str, float]:
        return {name: sum(_or_zero(cpu_s, pid) for pid in pids) for name, pids in self._pids.items()}  # fmt: skip

    def _waits(self) -> dict[str, float]:
        """Of the busiest of each: a browser keeps spare pages."""
        return {
            name: _or_zero(waited_s, max(pids, key=lambda pid: _or_zero(cpu_s, pid)))
            for name, pids in self._pids.items()
            if pids
        }


def used_rows(used: Used, drawn: Drawn) -> Iterator[tuple[str, str, str]]:
    told = ", ".join(f"{name} {share:.0%}" for name, share in used.cpu.items() if name != "board")
    yield "  CPU meanwhile", f"{used.cpu['board']:.0%} of a core", f"the board; {told}; nobody used {used.idle:.0%} of the machine"  # fmt: skip
    waited = ", ".join(
        f"{name} {share:.0%}" for name, share in used.waited.items() if name != "board"
    )
    yield "  had work and no core", f"{used.waited['board']:.0%} of the time", f"the board; of main threads: {waited}"  # fmt: skip
    yield (
        "  pages that the browser drew",
        f"{drawn.drawn_per_s:.1f} a second",
        f"of {drawn.heard_per_s:.1f} with {drawn.kb:.0f} kB that it heard; each took {drawn.all_ms:.0f} ms of CPU, script {drawn.script_ms:.0f}, layout {drawn.layout_ms:.0f}",
    )


def _of_browser(driver_pid: int) -> dict[str, list[int]]:
    """Chromium's processes by what they do: the page with its raster, the network, what puts the picture together, and the rest."""
    found: dict[str, list[int]] = {"page": [], "network": [], "gpu": [], "browser": []}
    kinds = {b"--type=renderer": "page", b"NetworkService": "network", b"--type=gpu": "gpu"}
    for pid in tree_of(driver_pid):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        name = next((name for mark, name in kinds.items() if mark in command), "browser")
        found[name].append(pid)
    return found


def _or_zero(measure: Callable[[int], float], pid: int) -> float:
    """0 of a process that has ended: the browser ends its helpers as it likes."""
    try:
        return measure(pid)
    except OSError:
        return 0.0


def _idle_s() -> float:
    """Of all cores together, those that wait for a disk included."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
