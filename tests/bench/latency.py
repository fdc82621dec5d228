"""From the moment of an event to the record of `snapshots` that shows it, at a steady rate."""

import json
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import msgspec
from kafka import KafkaConsumer
from msgspec import Struct

from schemas.calls import LegEvent
from schemas.codec import decode_call
from schemas.topics import offset_of, topic_name
from streams.admin.broker import consumer, partitions_of
from tests.bench.part import Bench, Part
from tests.bench.processes import cpu_s
from tests.support.line import Line
from tests.support.recount import nearest_rank_s
from tests.support.services import ROOT

_RATES = (1_000, 5_000)
_WARM_UP_SHARE = 0.2  # of the events: everybody logs in, every queue is new
_SETTLE_S = 3.0


class Shown(Struct):
    """What the measurement needs of a snapshot."""

    queue: str
    version: int


class Latency(Struct):
    """Of events of calls; `stream_cpu` is a share of one core."""

    rate: float
    events: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    stream_cpu: float
    sender_latest_s: float


def measure(line: Line, rate: float, seconds: float, queues: int, seed: int) -> Latency:
    """One steady run on a worker that is ready."""
    before = _ends(line, "calls")
    client = _at_the_end(line, "snapshots")
    command = [sys.executable, "-m", "tests.bench.steady", line.bootstrap, line.namespace]
    command += [str(rate), str(seconds), str(queues), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
        snapshots, stream_cpu = _watched(line, client, sender, seconds)
        assert sender.stdout is not None
        said = json.loads(sender.stdout.read().splitlines()[-1])
    client.close()
    visible = _visible(snapshots)
    events = _events(line, before)
    waits = [
        shown - at
        for queue, offset, at in events[int(len(events) * _WARM_UP_SHARE) :]
        if (shown := _first_after(visible.get(queue, ([], [])), offset)) is not None
    ]
    missing = len(events) - int(len(events) * _WARM_UP_SHARE) - len(waits)
    if missing:
        raise AssertionError(f"{missing} events never showed in a snapshot")
    return Latency(
        rate=rate,
        events=said["events"],
        p50_ms=(nearest_rank_s(waits, 50) or 0) * 1000,
        p99_ms=(nearest_rank_s(waits, 99) or 0) * 1000,
        max_ms=max(waits),
        stream_cpu=stream_cpu,
        sender_latest_s=said["latest_s"],
    )


def _watched(
    line: Line, client: Any, sender: "subprocess.Popen[str]", seconds: float
) -> tuple[list[tuple[int, bytes]], float]:
    """(time of receipt in ms, snapshot) until the sender ended and the last ones came."""
    found: list[tuple[int, bytes]] = []
    process = line.stream._process
    assert process is not None
    until, first, used = None, 0.0, 0.0
    while until is None or time.monotonic() < until:
        polled = client.poll(timeout_ms=100)
        now = time.time_ns() // 1_000_000
        found += [(now, record.value) for records in polled.values() for record in records]
        if polled and not first:
            first, used = time.monotonic(), cpu_s(process.pid)
        if until is None and sender.poll() is not None:
            until = time.monotonic() + _SETTLE_S
            used = (cpu_s(process.pid) - used) / max(time.monotonic() - first, 1e-9)
    return found, used


def _visible(snapshots: Sequence[tuple[int, bytes]]) -> dict[str, tuple[list[int], list[int]]]:
    """By queue: next offsets, rising, and when each was received."""
    decoder = msgspec.json.Decoder(Shown)
    found: dict[str, tuple[list[int], list[int]]] = {}
    for at, value in snapshots:
        snapshot = decoder.decode(value)
        offsets, times = found.setdefault(snapshot.queue, ([], []))
        offset = offset_of(snapshot.version)
        if not offsets or offset > offsets[-1]:
            offsets.append(offset)
            times.append(at)
    return found


def _first_after(shown: tuple[list[int], list[int]], offset: int) -> int | None:
    """When the first snapshot came whose next offset lies behind this event."""
    offsets, times = shown
    place = bisect_right(offsets, offset)
    return times[place] if place < len(times) else None


def _events(line: Line, since: dict[Any, int]) -> list[tuple[str, int, int]]:
    """(queue, offset, at) of the events of calls behind `since`, in the order of their times."""
    found: list[tuple[str, int, int]] = []
    with consumer(line.bootstrap) as client:
        client.assign(list(since))
        for partition, offset in since.items():
            client.seek(partition, offset)
        ends = client.end_offsets(list(since))
        while any(client.position(partition) < end for partition, end in ends.items()):
            for records in client.poll(timeout_ms=200).values():
                for record in records:
                    event = decode_call(record.value)
                    if isinstance(event, LegEvent):
                        found.append((event.queue, record.offset, event.at))
    return sorted(found, key=lambda event: event[2])


def _ends(line: Line, topic: str) -> dict[Any, int]:
    with consumer(line.bootstrap) as client:
        ends: dict[Any, int] = client.end_offsets(
            partitions_of(client, topic_name(topic, line.namespace))
        )
        return ends


def _at_the_end(line: Line, topic: str) -> Any:
    client = KafkaConsumer(
        bootstrap_servers=line.bootstrap, group_id=None, enable_auto_commit=False,
        fetch_max_wait_ms=50, max_poll_records=5_000,
    )  # fmt: skip
    partitions = list(_ends(line, topic))
    client.assign(partitions)
    client.seek_to_end(*partitions)
    for partition in partitions:
        client.position(partition)  # before anything is sent, not at the first poll
    return client


def _in(bench: Bench) -> None:
    line, o = bench.line("latency"), bench.options
    with line.stream:
        found = [measure(line, rate, o.latency_seconds, o.queues, rate) for rate in _RATES]
    for name in ("p50_ms", "p99_ms"):
        bench.figures[f"latency_{name}"] = {f"{r.rate:g}": getattr(r, name) for r in found}
    bench.figures["stream_cpu_share_at_rate"] = {
        f"{r.rate:g}": round(r.stream_cpu, 3) for r in found
    }
    for r in found:
        what = f"event → snapshot at {r.rate:,} events/s, {o.queues} queues"
        bench.row(f"{what}, p50", f"{r.p50_ms:.0f} ms")
        bench.row(f"{what}, p99", f"{r.p99_ms:.0f} ms", f"most {r.max_ms:.0f} ms")
        bench.row("  CPU of the stream meanwhile", f"{r.stream_cpu:.0%} of a core",
                  f"sender late by {r.sender_latest_s * 1000:.0f} ms at worst")  # fmt: skip


PART = Part("latency", _in)
