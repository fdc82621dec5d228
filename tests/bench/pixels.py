"""From the moment of an event to the number that changes in a page, in a real browser, at a steady rate.

`stream` and `board` run as processes; a platform says so many events a second of other queues. Beside it one caller after the
other comes to the queue `pixels`, and the page writes down when it first painted each number; what she meets on the way does the same
(pixel_stages.py). All are on one machine, so their clocks are one. Every step ends within a time of its own, and a number that never came
to the page is told, not waited for.
"""

import argparse
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from selenium import webdriver

from producers.publisher import Publisher
from schemas.calls import Queued, Tick
from streams.local.kafka import free_port
from tests.bench import traffic
from tests.bench.part import Bench, Part
from tests.bench.peers.reading import percentile_of_all_ms, told_ms
from tests.bench.pixel_stages import (
    Followed,
    Snapshots,
    Stage,
    first_at,
    in_kafka,
    stage_rows,
    stages_of,
)
from tests.bench.processes import pid_of
from tests.bench.seen_page import (
    Drawing,
    Drawn,
    Meter,
    Used,
    kept_in,
    listen_before_page,
    used_rows,
)
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
window.painted = {}; window.changed = {}; window.drawnAt = [];
new MutationObserver(() => { window.drawnAt.push(Date.now()); }).observe(document.getElementById("page"), { attributes: true, attributeFilter: ["data-now"] });
let last = cell();
new MutationObserver(() => {
  const now = cell();
  if (now === last || Number.isNaN(now)) return;  // its row is not among those that are shown
  last = now;
  window.changed[now] ??= Date.now();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.painted[now] ??= Date.now(); }));
}).observe(document.body, { subtree: true, childList: true, characterData: true });
"""


class Told(Struct):
    """What the platform says of itself at its end; `latest_s`: behind its plan at worst."""

    events: int
    latest_s: float
    took_s: float
    cpu_s: float


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
    used: Used
    late_s: (
        float | None
    )  # how far the platform was behind its plan at worst; None: it did not come to its end
    drawn: Drawn
    stages: list[Stage]


def measure(
    line: Line, kafka: int, rate: float, seconds: float, queues: int, page: str, tell: Callable[[str], None]
) -> Found:  # fmt: skip
    """One steady run on a worker that is ready; its targets know the queue `pixels`. `kafka` is the broker's process; `tell` hears where it stands."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = line.command("board", "--port", str(port))
    with (
        Server("board", command, lambda: get(url) is not None, line.folder / "board.log") as board,
        chromium() as driver,
        Publisher(line.bootstrap, line.namespace) as publisher,
        closing(Snapshots(line.bootstrap, line.namespace, QUEUE)) as snapshots,
    ):
        sent = {1: _one_caller(publisher, 1)}
        tell("the board serves; waiting for the first caller on the page")
        _open(driver, url, page, publisher)
        drawing = Drawing(driver)
        tell(f"simulating {rate * (seconds + _WARM_UP_S):,.0f} events")
        with (
            closing(Followed(url, page, QUEUE)) as followed,
            _platform(line, rate, seconds + _WARM_UP_S, queues) as sender,
        ):
            processes = {"board": pid_of(board), "stream": pid_of(line.stream), "kafka": kafka, "bench": os.getpid()}  # fmt: skip
            tell(f"saying them at {rate:,.0f}/s")
            time.sleep(_WARM_UP_S)
            meter, began = Meter(processes, driver), _now()
            _say_callers(publisher, sender, seconds, sent)
            used, drawn = meter.used(), drawing.told(began, _now())
            told = _told(sender)
            tell(f"said; {len(sent)} callers came; waiting for the last of them on the page")
            end = time.monotonic() + _LAST_WITHIN_S
            while _shown(driver) != len(sent) and time.monotonic() < end:
                time.sleep(_EVERY_S)
        in_page = {f"page_{name}": kept_in(driver, name) for name in ("heard", "changed")}
        painted = kept_in(driver, "painted")
    waits, missing = waits_of(sent, painted)
    moments = {
        "in_kafka": in_kafka(line.bootstrap, line.namespace, QUEUE), "snapshot_made": snapshots.made, "snapshot_read": snapshots.read,
        "board_made": followed.made, "page_sent": followed.came, **in_page, "painted": painted,
    }  # fmt: skip
    p50, p99, most = (percentile_of_all_ms(waits, missing, percent) for percent in (50, 99, 100))
    return Found(
        page=page, rate=rate, said_rate=told.events / told.took_s if told else 0.0, late_s=told.latest_s if told else None, queues=queues, n=len(waits), missing=missing, p50_ms=p50, p99_ms=p99,
        max_ms=most, used=used.with_share("platform", told.cpu_s / told.took_s if told else None), drawn=drawn, stages=stages_of(sent, moments),
    )  # fmt: skip


def _open(driver: webdriver.Chrome, url: str, page: str, publisher: Publisher) -> None:
    """Its first caller is on the page. Meanwhile the platform ticks, else her queue has no figures any more where this takes long."""
    listen_before_page(driver, page, QUEUE)
    driver.get(f"{url}{page}")

    def is_shown() -> bool:
        _tick(publisher)
        return _shown(driver) == 1

    wait_until(is_shown, "the first caller is on the page", _READY_WITHIN_S, _EVERY_S)
    driver.execute_script(_WATCH)


def _say_callers(
    publisher: Publisher, sender: "subprocess.Popen[str]", seconds: float, sent: dict[int, int]
) -> None:
    began = time.monotonic()
    while sender.poll() is None and time.monotonic() - began < _LATE_AT_MOST * seconds:
        number = len(sent) + 1
        sent[number] = _one_caller(publisher, number)
        time.sleep(_EVERY_S)


def waits_of(sent: Mapping[int, int], painted: Mapping[int, int]) -> tuple[list[int], int]:
    """Milliseconds from each caller but the first to the page that counts her, and how many no page ever counted.

    A page that skips a number for a newer one shows both with it.
    """
    shown = [(first_at(painted, number), at) for number, at in sent.items() if number > 1]
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
            name: round(each.used.cpu["board"], 3) for name, each in by_page.items()
        },
        "pixels_stages_p50_ms": {
            name: {stage.name: _whole(stage.p50_ms) for stage in each.stages}
            for name, each in by_page.items()
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
        yield from stage_rows(each.stages)
        yield from used_rows(each.used, each.drawn)
        late = "did not come to its end" if each.late_s is None else f"was behind its plan by {each.late_s:.1f} s at worst"  # fmt: skip
        yield "  events/s that were reached", f"{each.said_rate:,.0f}", f"the platform {late}"


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


def _told(sender: "subprocess.Popen[str]") -> "Told | None":
    """None of a platform that did not come to its end."""
    if sender.poll() is None:
        return None
    assert sender.stdout is not None
    return msgspec.json.decode(sender.stdout.readlines()[-1], type=Told)


def _shown(driver: webdriver.Chrome) -> int:
    script = f"return Number(document.querySelector('tr[data-queue=\"{QUEUE}\"] .waiting .figure, .page-queue .band .waiting .figure')?.textContent)"
    return int(driver.execute_script(script) or 0)


def _one_caller(publisher: Publisher, number: int) -> int:
    """The moment of the event, ms since 1970, as its platform has it."""
    now = _now()
    publisher.send_call(
        Queued(
            event_id=f"pixels:{number}",
            at=now,
            source="simulator",
            queue=QUEUE,
            leg_id=f"pixels-{number}",
        )
    )
    _tick(publisher)
    return now


def _tick(publisher: Publisher) -> None:
    now = _now()
    publisher.send_mark("calls", Tick(event_id=f"pixels:tick:{now}", at=now, source="simulator"))
    publisher.flush()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _in(bench: Bench) -> None:
    """Pages of few and of many queues: a board of all queues is drawn and read anew as a whole."""
    few, found = bench.options.queues, list[Found]()
    for queues, page in ((few, f"/queue/{QUEUE}"), (few, "/"), (MANY_QUEUES, "/")):
        line = bench.line(f"pixels-{len(found)}", queues_toml(queues))
        rate, seconds = bench.options.pixels_rate, bench.options.latency_seconds
        tell = partial(bench.tell, f"{page} of {queues:,} queues")
        tell("starting the worker")
        with line.stream:
            found.append(measure(line, bench.kafka_pid, rate, seconds, queues, page, tell))
        bench.take({}, rows(found[-1:]))
    bench.figures |= figures(found)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pixels-rate", type=float, default=5_000.0, help="events/s, for pixels")


PART = Part("pixels", _in, _options)
