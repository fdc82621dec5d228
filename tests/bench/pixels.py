"""From the moment of an event to the number that changes in a page, in a real browser, at a steady rate.

`stream` and `board` run as processes; a platform says so many events a second of other queues. Beside it one caller after the
other comes to the queue `pixels`, and the page writes down when it first painted each number. The producer and the browser are on one
machine, so its clock is the same for both. Every step ends within a time of its own, and a number that never came to the page
is told, not waited for.
"""

import argparse
import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from msgspec import Struct
from selenium import webdriver

from producers.publisher import Publisher
from schemas.calls import Queued, Tick
from streams.local.kafka import free_port
from tests.bench import traffic
from tests.bench.part import Bench, Part
from tests.bench.peers.reading import percentile_of_all_ms, told_ms
from tests.bench.processes import cpu_s
from tests.bench.traffic import MANY_QUEUES
from tests.support.browser import chromium
from tests.support.line import Line
from tests.support.services import ROOT, Server, get
from tests.support.waiting import wait_until

QUEUE = "pixels"
_EVERY_S = 0.37  # no multiple of what the board or the stream does at intervals
_WARM_UP_S = 4.0  # everybody logs in, every queue is new
_READY_WITHIN_S = 300.0  # worker, board and page, of many queues on a machine that is busy
_MADE_WITHIN_S = 600.0  # to simulate what is then said takes longer than to say it
_LATE_AT_MOST = (
    3.0  # times the seconds that were asked: a platform that is later cannot say so many
)
_LAST_WITHIN_S = 60.0
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
    """`n` callers were painted, `missing` never were, which waited longer than all others; the shares are of one core. `said_rate` is what the platform reached."""

    page: str
    rate: float
    said_rate: float
    queues: int
    n: int
    missing: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    board_cpu: float
    stream_cpu: float


def measure(
    line: Line, rate: float, seconds: float, queues: int, page: str, tell: Callable[[str], None]
) -> Found:
    """One steady run on a worker that is ready; its targets know the queue `pixels`. `tell` hears where it stands."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = line.command("board", "--port", str(port))
    with (
        Server("board", command, lambda: get(url) is not None, line.folder / "board.log") as board,
        chromium() as driver,
        Publisher(line.bootstrap, line.namespace) as publisher,
    ):
        assert board._process is not None
        assert line.stream._process is not None
        pids = board._process.pid, line.stream._process.pid
        sent = {1: _one_caller(publisher, 1)}
        driver.get(f"{url}{page}")
        tell("the board serves; waiting for the first caller on the page")
        wait_until(lambda: _shown(driver) == 1, "the first caller is on the page", _READY_WITHIN_S)
        driver.execute_script(_WATCH)
        tell(f"simulating {rate * (seconds + _WARM_UP_S):,.0f} events")
        with _platform(line, rate, seconds + _WARM_UP_S, queues) as sender:
            tell(f"saying them at {rate:,.0f}/s")
            time.sleep(_WARM_UP_S)
            used, began = [cpu_s(pid) for pid in pids], time.monotonic()
            while sender.poll() is None and time.monotonic() - began < _LATE_AT_MOST * seconds:
                number = len(sent) + 1
                sent[number] = _one_caller(publisher, number)
                time.sleep(_EVERY_S)
            took = time.monotonic() - began
            shares = [(cpu_s(p) - before) / took for p, before in zip(pids, used, strict=True)]
            said_rate = _rate_said(sender)
        tell(f"said; {len(sent)} callers came meanwhile; waiting for the last of them on the page")
        end = time.monotonic() + _LAST_WITHIN_S
        while _shown(driver) != len(sent) and time.monotonic() < end:
            time.sleep(_EVERY_S)
        painted = driver.execute_script("return window.painted")
    waits, missing = waits_of(sent, {int(n): at for n, at in painted.items()})
    p50, p99, most = (percentile_of_all_ms(waits, missing, percent) for percent in (50, 99, 100))
    return Found(
        page=page, rate=rate, said_rate=said_rate, queues=queues, n=len(waits), missing=missing, p50_ms=p50, p99_ms=p99,
        max_ms=most, board_cpu=shares[0], stream_cpu=shares[1],
    )  # fmt: skip


def waits_of(sent: Mapping[int, int], painted: Mapping[int, int]) -> tuple[list[int], int]:
    """Milliseconds from each caller but the first to the page that counts her, and how many no page ever counted.

    A page that skips a number for a newer one shows both with it.
    """
    shown = [
        (min((at for each, at in painted.items() if each >= number), default=None), at_send)
        for number, at_send in sent.items()
        if number > 1
    ]
    waits = [at - at_send for at, at_send in shown if at is not None]
    return waits, len(shown) - len(waits)


def queues_toml(queues: int) -> str:
    """Those of the traffic, and the one that is watched: it is to be acted on from its first caller, so that it has a row on a page
    that shows the worst of many alone.
    """
    return (
        traffic.queues_toml(queues)
        + f"""\
[queues.{QUEUE}]
[queues.{QUEUE}.alerts.oldest_wait]
raise_above = "1s"
clear_below = "1s"
hold = "0s"
"""
    )


def figures(found: list[Found]) -> dict[str, Any]:
    by_page = {f"{each.page} at {each.rate:g}/s, {each.queues} queues": each for each in found}
    return {
        "pixels_p99_ms": {name: _whole(each.p99_ms) for name, each in by_page.items()},
        "pixels_p50_ms": {name: _whole(each.p50_ms) for name, each in by_page.items()},
        "pixels_missing": {name: each.missing for name, each in by_page.items()},
        "pixels_said_per_s": {name: round(each.said_rate) for name, each in by_page.items()},
        "pixels_board_cpu_share": {
            name: round(each.board_cpu, 3) for name, each in by_page.items()
        },
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def rows(found: list[Found]) -> Iterator[tuple[str, str, str]]:
    for each in found:
        what = f"event → pixels of {each.page} at {each.rate:,.0f} events/s, {each.queues} queues"
        never = f", {each.missing} more never came to the page" if each.missing else ""
        yield f"{what}, p50", told_ms(each.p50_ms), f"{each.n} events{never}"
        yield f"{what}, p99", told_ms(each.p99_ms), f"most {told_ms(each.max_ms)}"
        yield (
            "  CPU meanwhile",
            f"{each.board_cpu:.0%} of a core",
            f"the board; the stream {each.stream_cpu:.0%}; {each.said_rate:,.0f} events/s were reached",
        )


@contextmanager
def _platform(
    line: Line, rate: float, seconds: float, queues: int
) -> Iterator["subprocess.Popen[str]"]:
    """Begins to say its events as this is entered, and is ended with it."""
    command = [sys.executable, "-m", "tests.bench.steady", line.bootstrap, line.namespace]
    command += [str(rate), str(seconds), str(queues), "7"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1) as sender:  # fmt: skip
        try:
            assert sender.stdout is not None
            is_made, *_ = select.select([sender.stdout], [], [], _MADE_WITHIN_S)
            if not is_made or not sender.stdout.readline():
                raise AssertionError(f"no events to say: not made within {_MADE_WITHIN_S:g} s")
            yield sender
        finally:
            if sender.poll() is None:
                sender.kill()


def _rate_said(sender: "subprocess.Popen[str]") -> float:
    """0 of a platform that did not come to its end."""
    if sender.poll() is None:
        return 0.0
    assert sender.stdout is not None
    told = json.loads(sender.stdout.readlines()[-1])
    return float(told["events"] / told["took_s"])


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


def _in(bench: Bench) -> None:
    """Pages of few and of many queues: a board of all queues is drawn and read anew as a whole."""
    few, found = bench.options.queues, list[Found]()
    for queues, page in ((few, f"/queue/{QUEUE}"), (few, "/"), (MANY_QUEUES, "/")):
        line = bench.line(f"pixels-{len(found)}", queues_toml(queues))
        rate, seconds = bench.options.pixels_rate, bench.options.latency_seconds
        tell = partial(bench.tell, f"{page} of {queues:,} queues")
        tell("starting the worker")
        with line.stream:
            found.append(measure(line, rate, seconds, queues, page, tell))
        bench.take({}, rows(found[-1:]))
    bench.figures |= figures(found)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pixels-rate", type=float, default=5_000.0, help="events/s, for pixels")


PART = Part("pixels", _in, _options)
