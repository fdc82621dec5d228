"""The three measurements: a backlog, steady rates, and a crash in a steady rate."""

import subprocess
import sys
import tempfile
import time
from typing import Self

from msgspec import Struct

from schemas.calls import LegEvent
from schemas.millis import MINUTE
from tests.bench import backlog
from tests.bench.peers.place import OursPlace, PeerPlace, Place, reader, send
from tests.bench.peers.reading import Reader, percentile_ms, said_of, scraped, waits_ms
from tests.bench.peers.systems import System
from tests.bench.peers.task import WINDOW_MS, Counted, Key, differences, expected, made
from tests.support.services import ROOT

_TOLD_WITHIN_S = 600.0
_SETTLE_S = 5.0
_WARM_UP_SHARE = 0.2  # of the events of a steady rate
_PRELUDE = 30_000  # events of the half hour before a steady rate: every queue has its windows
_STEADY_BEFORE_KILL_S = 8.0
_RECOVERED_WITHIN_S = 90.0
_SCRAPE_EVERY_S = 0.25
_SHOWN = 5


class Backlog(Struct):
    events_per_s: float
    cpu_us_per_event: float
    peak_mb: float


class Latency(Struct):
    """Milliseconds, of the events after the warm-up; `late_s`: how far the sender was behind its plan at worst."""

    p50_ms: float
    p99_ms: float
    late_s: float


class Steady:
    """The sender, as a context: it is ended with it. What it says goes to a file: a pipe would fill, and it would wait."""

    def __init__(self, place: Place, rate: float, seconds: float, queues: int) -> None:
        command = [sys.executable, "-m", "tests.bench.peers.steady", place.hosts, place.topic]
        self._file = tempfile.TemporaryFile("w+")  # noqa: SIM115  `__exit__` closes it
        self.process = subprocess.Popen(
            [*command, str(rate), str(seconds), str(queues), "11"], cwd=ROOT, stdout=self._file
        )

    def said(self) -> tuple[list[tuple[str, str, int]], float]:
        """Of a sender that has ended."""
        assert self.process.poll() == 0, f"the sender ended with code {self.process.poll()}"
        self._file.seek(0)
        return said_of(self._file.read())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self._file.close()


class DifferentError(Exception):
    """A system's answer is not the expected one."""


def backlog_of_ours(place: OursPlace, events: list[LegEvent]) -> Backlog:
    send(place, events, closed=True)
    answer = expected(events)
    place.start()
    try:
        done = backlog.run(place.line)
        _agree("queuewatch", answer, place.counted())
    finally:
        place.stop()
    n = len(events) * done.share or 1
    return Backlog(n / done.took_s, done.cpu_s / n * 1e6, done.peak_memory_mb)


def backlog_of_peer(system: System, place: PeerPlace, events: list[LegEvent]) -> Backlog:
    """From its first record to the last result, as a reader sees it."""
    send(place, events, closed=True)
    answer = expected(events)
    results = reader(place)
    try:
        place.start()
        began, used = time.perf_counter(), place.cpu_s()
        missing, peaks = set(answer), [0.0]

        def complete(new: list[tuple[str, int, bytes]]) -> bool:
            peaks.append(place.peak_memory_mb())  # now: some end with their input
            for key, told in place.counted(new).items():
                if answer.get(key) == told:
                    missing.discard(key)
                elif key in answer:
                    missing.add(key)  # it will be told again
            return not missing

        if not results.until(complete, _TOLD_WITHIN_S):
            raise TimeoutError(f"{len(missing):,} of {len(answer):,} results were not told within {_TOLD_WITHIN_S:g} s")  # fmt: skip
        took_s, used = time.perf_counter() - began, place.cpu_s() - used
    finally:
        place.stop()
        results.close()
    _agree(system.name, answer, place.counted(results.records))
    return Backlog(len(events) / took_s, used / len(events) * 1e6, max(peaks))


def latencies(place: Place, rate: float, seconds: float, queues: int, share: float) -> dict[str, Latency]:  # fmt: skip
    """To a reader of read_committed, under `committed`; of ours also to the record of `snapshots`, under `snapshot`."""
    found, results = {}, reader(place)
    try:
        _with_prelude(place, results, queues, share)
        with Steady(place, rate, seconds, queues) as sender:
            results.until(lambda _: sender.process.poll() is not None, seconds * 3 + 30)
            said, late_s = sender.said()
        results.until(lambda _: False, _SETTLE_S)
        events = [(queue, at) for queue, _, at in said[int(len(said) * _WARM_UP_SHARE) :]]
        kinds = {"committed": place.received(results.records)}
        if isinstance(place, OursPlace):
            kinds["snapshot"] = place.shown(results.records)
        for name, received in kinds.items():
            found[name] = _latency(waits_ms(events, received), late_s)
    finally:
        place.stop()
        results.close()
    return found


def latency_of_metrics(place: OursPlace, rate: float, seconds: float, queues: int) -> Latency:
    """To the answer of /metrics that counts an arrival; it is asked four times a second."""
    results = reader(place)
    scrapes: list[tuple[int, dict[str, int]]] = []
    try:
        _with_prelude(place, results, queues, 1.0)
        before = place.offered()
        with Steady(place, rate, seconds, queues) as sender:
            ends = None
            while ends is None or time.monotonic() < ends:
                began = time.monotonic()
                counts = place.offered()
                at = time.time_ns() // 1_000_000
                scrapes.append((at, {q: n - before.get(q, 0) for q, n in counts.items()}))
                if ends is None and sender.process.poll() is not None:
                    ends = time.monotonic() + _SETTLE_S
                time.sleep(max(0.0, _SCRAPE_EVERY_S - (time.monotonic() - began)))
            said, late_s = sender.said()
    finally:
        place.stop()
        results.close()
    arrivals = [(queue, at) for queue, kind, at in said if kind == "queued"]
    waits = scraped(arrivals, scrapes)
    first = said[int(len(said) * _WARM_UP_SHARE)][2]
    return _latency([wait for wait, (_, at) in zip(waits, arrivals, strict=True) if at >= first], late_s)  # fmt: skip


def recovery_s(place: Place, rate: float, queues: int, share: float) -> float:
    """From `kill -9`, with the start of the next one at once, to the first result of an event that was said after it."""
    results = reader(place)
    try:
        _with_prelude(place, results, queues, share)
        with Steady(place, rate, _STEADY_BEFORE_KILL_S + _RECOVERED_WITHIN_S, queues):
            results.until(lambda _: False, _STEADY_BEFORE_KILL_S)
            place.kill()
            killed, began = time.time_ns() // 1_000_000, time.perf_counter()
            place.begin_again()
            done = results.until(
                lambda new: any(each.upto >= killed for each in place.received(new)),
                _RECOVERED_WITHIN_S,
            )
            took_s = time.perf_counter() - began
    finally:
        place.stop()
        results.close()
    if not done:
        raise TimeoutError(f"no result of a new event within {_RECOVERED_WITHIN_S:g} s")
    return took_s


def _with_prelude(place: Place, results: Reader, queues: int, share: float) -> None:
    """Start it on half an hour that is just over, and return when it has told all of that."""
    start = time.time_ns() // 1_000_000 - WINDOW_MS - MINUTE
    events = made(max(200, round(_PRELUDE * share)), queues, start, WINDOW_MS, seed=7)
    last = events[-1]
    send(place, events, closed=False)
    place.start()
    told = results.until(
        lambda new: any(e.queue == last.queue and e.upto >= last.at for e in place.received(new)),
        _TOLD_WITHIN_S,
    )
    if not told:
        raise TimeoutError(f"the half hour before was not told within {_TOLD_WITHIN_S:g} s")
    results.records.clear()


def _latency(waits: list[int], late_s: float) -> Latency:
    return Latency(percentile_ms(waits, 50), percentile_ms(waits, 99), late_s)


def _agree(name: str, answer: dict[Key, Counted], found: dict[Key, Counted]) -> None:
    wrong = differences(answer, found)
    if wrong:
        raise DifferentError(f"{name}: {len(wrong):,} of {len(answer):,} results differ:\n  " + "\n  ".join(wrong[:_SHOWN]))  # fmt: skip
