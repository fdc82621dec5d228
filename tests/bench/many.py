"""Ten thousand queues at a thousand events a second: memory, processor, and how late boards are.

All have targets; half of the events are arrivals, the other half answers, spread over all queues by chance.
It says how far it has come, and ends: what has not been shown by then is told as such.
"""

import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from schemas.millis import MINUTE
from tests.bench import backlog
from tests.bench.part import Bench, Part
from tests.bench.peers.measures import Steady
from tests.bench.peers.place import OursPlace, reader, send
from tests.bench.peers.reading import Reader, percentile_of_all_ms, told_ms, waits_and_missing
from tests.bench.peers.task import made
from tests.bench.processes import cpu_s, memory_mb, peak_memory_mb
from tests.bench.recovery import counted

QUEUES, RATE = 10_000, 1_000.0
MEMORY_AIM_MB = 1_000.0
_SETTLE_S = 5.0
_CAUGHT_UP_WITHIN_S = 120.0  # after the sender has ended
_LOOK_EVERY_S, _SAID_EVERY_S = 1.0, 10.0
_BEFORE_MS = 5 * MINUTE  # in which each queue had a call or two


class Many(Struct, frozen=True):
    """Of `stream`: resident memory at rest and at the end, and the most; `lag` is of records when the sender ended.

    A percentile is None where so many events were never shown that nobody knows it.
    """

    rest_mb: float
    end_mb: float
    peak_mb: float
    cpu_share: float  # of a core, while events came
    lag: int
    unshown: int  # events that no snapshot had when it was waited no longer
    p50_ms: float | None  # event to snapshot
    p99_ms: float | None
    late_s: float  # of the sender, at worst


def measure(hosts: str, folder: Path, seconds: float) -> Many:
    place = OursPlace(hosts, folder, QUEUES)
    now = time.time_ns() // 1_000_000
    send(place, made(2 * QUEUES, QUEUES, now - _BEFORE_MS, _BEFORE_MS, seed=3), closed=False)
    place.start()
    results = reader(place)
    try:
        counted(place)
        results.until(lambda _: False, _SETTLE_S)
        rest_mb, used_s = memory_mb(place.pid), cpu_s(place.pid)
        _say(place, "at rest")
        with Steady(place, RATE, seconds, QUEUES) as sender:
            _followed(place, results, lambda: sender.process.poll() is not None, seconds * 3 + 30)
            used_s = cpu_s(place.pid) - used_s
            lag = _behind(place)
            said, late_s = sender.said()
        _followed(place, results, lambda: _behind(place) <= 0, _CAUGHT_UP_WITHIN_S)
        results.until(lambda _: False, _SETTLE_S)
        events = [(queue, at) for queue, _, at in said]
        waits, unshown = waits_and_missing(events, place.shown(results.records))
        return Many(
            rest_mb,
            memory_mb(place.pid),
            peak_memory_mb(place.pid),
            used_s / seconds,
            lag,
            unshown,
            percentile_of_all_ms(waits, unshown, 50),
            percentile_of_all_ms(waits, unshown, 99),
            late_s,
        )
    finally:
        place.stop()
        results.close()


def _followed(place: OursPlace, results: Reader, done: Callable[[], bool], within_s: float) -> None:
    """Take what is told until `done`, and say how far it has come."""
    began = said = time.monotonic()
    while not done() and time.monotonic() < began + within_s:
        place.line.stream.ensure_running()  # one that has ended tells why: memory of another one would be no figure
        results.until(lambda _: False, _LOOK_EVERY_S)
        if time.monotonic() - said > _SAID_EVERY_S:
            said = time.monotonic()
            _say(place, f"{_behind(place):,} records behind")


def _behind(place: OursPlace) -> int:
    return backlog.records(place.line) - backlog.positions(place.line)


def _say(place: OursPlace, what: str) -> None:
    peak_mb = peak_memory_mb(place.pid)
    print(f"{QUEUES:,} queues: {what}, {memory_mb(place.pid):,.0f} MB, at most {peak_mb:,.0f}", flush=True)  # fmt: skip


def figures(found: Many) -> dict[str, float | None]:
    told = {name: getattr(found, name) for name in Many.__struct_fields__}
    return {f"many_{n}": None if value is None else round(value, 2) for n, value in told.items()}


def rows(found: Many) -> list[tuple[str, str, str]]:
    memory = f"at most; {found.rest_mb:,.0f} at rest, {found.end_mb:,.0f} at the end; aim {MEMORY_AIM_MB:,.0f}"
    late = (
        f"p99 at {RATE:,.0f} events/s; p50 {told_ms(found.p50_ms)}; {found.unshown:,} never shown; {found.cpu_share:.0%} of a core;"
        f" {found.lag:,} records behind at the end, sender late by {found.late_s:.1f} s at worst"
    )
    return [
        (f"{QUEUES:,} queues, memory", f"{found.peak_mb:,.0f} MB", memory),
        (f"{QUEUES:,} queues, event → snapshot", told_ms(found.p99_ms), late),
    ]


def _in(bench: Bench) -> None:
    found = measure(bench.bootstrap, bench.folder, bench.options.latency_seconds)
    bench.take(figures(found), rows(found))


PART = Part("many", _in)
