"""From the moment of an event to the number that changes in a page, in a real browser, at a steady rate.

`stream` and `board` run as processes; a platform says so many events a second of other queues. Beside it one caller after the
other comes to the queue `pixels`, and the page writes down when it first painted each number. The producer and the browser are on one
machine, so its clock is the same for both.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from selenium import webdriver

from producers.publisher import Publisher
from schemas.calls import Queued, Tick
from streams.local.kafka import free_port
from tests.bench import traffic
from tests.bench.processes import cpu_s
from tests.support.browser import chromium
from tests.support.line import Line
from tests.support.recount import nearest_rank_s
from tests.support.services import ROOT, Server, get
from tests.support.waiting import wait_until

QUEUE = "pixels"
_EVERY_S = 0.37  # no multiple of what the board or the stream does at intervals
_WARM_UP_S = 4.0  # everybody logs in, every queue is new
# Two frames after the change of the page it is on the screen.
_WATCH = """
const cell = () => Number(document.querySelector('tr[data-queue="pixels"] .waiting .figure, .page-queue .band .waiting .figure')?.textContent);
window.painted = {};
let last = cell();
new MutationObserver(() => {
  const now = cell();
  if (now === last || Number.isNaN(now)) return;  // its row is not among those that are shown
  last = now;
  requestAnimationFrame(() => requestAnimationFrame(() => { window.painted[now] ??= Date.now(); }));
}).observe(document.body, { subtree: true, childList: true, characterData: true });
"""


class Found(Struct):
    """`board_cpu` and `stream_cpu` are shares of one core."""

    page: str
    rate: float
    queues: int
    n: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    board_cpu: float
    stream_cpu: float


def measure(line: Line, rate: float, seconds: float, queues: int, page: str) -> Found:
    """One steady run on a worker that is ready; its targets know the queue `pixels`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = line.command("board", "--port", str(port))
    with Server("board", command, lambda: get(url) is not None, line.folder / "board.log") as board:
        said = [sys.executable, "-m", "tests.bench.steady", line.bootstrap, line.namespace]
        said += [str(rate), str(seconds + _WARM_UP_S), str(queues), "7"]
        assert board._process is not None
        assert line.stream._process is not None
        pids = board._process.pid, line.stream._process.pid
        with chromium() as driver, Publisher(line.bootstrap, line.namespace) as publisher:
            sent = {1: _one_caller(publisher, 1)}
            driver.get(f"{url}{page}")
            wait_until(lambda: _shown(driver) == 1, "the first caller is on the page")
            driver.execute_script(_WATCH)
            with subprocess.Popen(said, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
                assert sender.stdout is not None
                time.sleep(_WARM_UP_S)
                used, began = [cpu_s(pid) for pid in pids], time.monotonic()
                while sender.poll() is None:
                    number = len(sent) + 1
                    sent[number] = _one_caller(publisher, number)
                    time.sleep(_EVERY_S)
                took = time.monotonic() - began
                shares = [
                    (cpu_s(pid) - before) / took for pid, before in zip(pids, used, strict=True)
                ]
            wait_until(lambda: _shown(driver) == len(sent), "the last caller is on the page")
            painted = {
                int(n): at for n, at in driver.execute_script("return window.painted").items()
            }
    waits = [
        min(at for each, at in painted.items() if each >= number) - at_send
        for number, at_send in sent.items()
        if number > 1
    ]
    return Found(
        page=page, rate=rate, queues=queues, n=len(waits), p50_ms=(nearest_rank_s(waits, 50) or 0) * 1000,
        p99_ms=(nearest_rank_s(waits, 99) or 0) * 1000, max_ms=max(waits), board_cpu=shares[0], stream_cpu=shares[1],
    )  # fmt: skip


def queues_toml(queues: int) -> str:
    """Those of the traffic, and the one that is watched."""
    return traffic.queues_toml(queues) + f"[queues.{QUEUE}]\n"


def figures(found: list[Found]) -> dict[str, Any]:
    by_page = {f"{each.page} at {each.rate:g}/s, {each.queues} queues": each for each in found}
    return {
        "pixels_p99_ms": {name: round(each.p99_ms) for name, each in by_page.items()},
        "pixels_p50_ms": {name: round(each.p50_ms) for name, each in by_page.items()},
        "pixels_board_cpu_share": {
            name: round(each.board_cpu, 3) for name, each in by_page.items()
        },
    }


def rows(found: list[Found]) -> Iterator[tuple[str, str, str]]:
    for each in found:
        what = f"event → pixels of {each.page} at {each.rate:,.0f} events/s, {each.queues} queues"
        yield f"{what}, p50", f"{each.p50_ms:.0f} ms", f"{each.n} events"
        yield f"{what}, p99", f"{each.p99_ms:.0f} ms", f"most {each.max_ms:.0f} ms"
        yield (
            "  CPU meanwhile",
            f"{each.board_cpu:.0%} of a core",
            f"the board; the stream {each.stream_cpu:.0%}",
        )


def _shown(driver: webdriver.Chrome) -> int:
    script = f"return Number(document.querySelector('tr[data-queue=\"{QUEUE}\"] .waiting .figure, .page-queue .band .waiting .figure')?.textContent)"
    return int(driver.execute_script(script) or 0)


def _one_caller(publisher: Publisher, number: int) -> int:
    """The moment of the event, ms since 1970, as its platform has it."""
    now = time.time_ns() // 1_000_000
    publisher.send_call(
        Queued(
            event_id=f"pixels:{number}",
            at=now,
            source="simulator",
            queue=QUEUE,
            leg_id=f"pixels-{number}",
        )
    )
    publisher.send_mark("calls", Tick(event_id=f"pixels:tick:{number}", at=now, source="simulator"))
    publisher.flush()
    return now
