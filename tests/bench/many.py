"""Ten thousand queues at a thousand events a second: memory, processor, and how late boards are.

All have targets; half of the events are arrivals, the other half answers, spread over all queues by chance.
"""

import time
from pathlib import Path

from msgspec import Struct

from schemas.millis import MINUTE
from tests.bench import backlog
from tests.bench.peers.measures import Steady
from tests.bench.peers.place import OursPlace, reader, send
from tests.bench.peers.reading import percentile_ms, waits_ms
from tests.bench.peers.task import made
from tests.bench.processes import cpu_s, memory_mb, peak_memory_mb
from tests.bench.recovery import counted

QUEUES, RATE = 10_000, 1_000.0
MEMORY_AIM_MB = 1_000.0
_SETTLE_S = 5.0
_BEFORE_MS = 5 * MINUTE  # in which each queue had a call or two


class Many(Struct, frozen=True):
    """Of `stream`: resident memory at rest and at the end, and the most; `lag` is of records when the sender ended."""

    rest_mb: float
    end_mb: float
    peak_mb: float
    cpu_share: float  # of a core, while events came
    lag: int
    p50_ms: float  # event to snapshot
    p99_ms: float
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
        with Steady(place, RATE, seconds, QUEUES) as sender:
            results.until(lambda _: sender.process.poll() is not None, seconds * 3 + 30)
            used_s = cpu_s(place.pid) - used_s
            lag = backlog.records(place.line) - backlog.positions(place.line)
            said, late_s = sender.said()
        results.until(lambda _: False, _SETTLE_S)
        events = [(queue, at) for queue, _, at in said]
        waits = waits_ms(events, place.shown(results.records))
        return Many(
            rest_mb,
            memory_mb(place.pid),
            peak_memory_mb(place.pid),
            used_s / seconds,
            lag,
            percentile_ms(waits, 50),
            percentile_ms(waits, 99),
            late_s,
        )
    finally:
        place.stop()
        results.close()


def figures(found: Many) -> dict[str, float]:
    return {f"many_{name}": round(getattr(found, name), 2) for name in Many.__struct_fields__}


def rows(found: Many) -> list[tuple[str, str, str]]:
    memory = f"at most; {found.rest_mb:,.0f} at rest, {found.end_mb:,.0f} at the end; aim {MEMORY_AIM_MB:,.0f}"
    late = (
        f"p99 at {RATE:,.0f} events/s; p50 {found.p50_ms:,.0f} ms; {found.cpu_share:.0%} of a core;"
        f" {found.lag:,} records behind at the end, sender late by {found.late_s:.1f} s at worst"
    )
    return [
        (f"{QUEUES:,} queues, memory", f"{found.peak_mb:,.0f} MB", memory),
        (f"{QUEUES:,} queues, event → snapshot", f"{found.p99_ms:,.0f} ms", late),
    ]
