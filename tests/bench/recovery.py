"""How soon figures are live again after `kill -9`: many queues, an hour of buckets, thousands of open calls.

The next worker is started at once, as a process manager does. A queue is live again with the first record of `snapshots` that says
how it stands at a moment after the kill; what is told is the last of all queues.
"""

import json
import time
from pathlib import Path

from msgspec import Struct

from schemas.calls import Answered, Ended, LegEvent
from schemas.millis import HOUR, MINUTE
from tests.bench import backlog
from tests.bench.part import Bench, Part
from tests.bench.peers.measures import Steady
from tests.bench.peers.place import OursPlace, reader, send
from tests.bench.peers.task import SOURCE, made
from tests.support.services import get

QUEUES, OPEN = 500, 5_000
_EVENTS = 60_000  # two a call, so each queue has a call a minute, and a bucket of each minute
_TALK_MS = 3 * MINUTE
_RATE = 100.0  # events/s that go on
_STEADY_S = 10.0
_WITHIN_S = 90.0
_COUNTED_WITHIN_S = 600.0


class Recovered(Struct, frozen=True):
    """Seconds since the kill."""

    ready_s: float  # /healthz answers that all partitions are recovered
    first_s: float  # the first queue is live
    all_s: float  # every queue is
    cpu_s: float  # that the next worker had used by then: on a busy machine the others say little


def measure(hosts: str, folder: Path) -> Recovered:
    place = OursPlace(hosts, folder, QUEUES)
    send(place, an_hour(time.time_ns() // 1_000_000), closed=False)
    place.start()
    results = reader(place)
    try:
        counted(place)
        with Steady(place, _RATE, _STEADY_S + _WITHIN_S, QUEUES):
            results.until(lambda _: False, _STEADY_S)
            place.kill()
            killed, began = time.time_ns() // 1_000_000, time.perf_counter()
            place.begin_again()
            live: dict[str, float] = {}
            ready_s: list[float] = []

            def done(new: list[tuple[str, int, bytes]]) -> bool:
                if not ready_s and _is_ready(place):
                    ready_s.append(time.perf_counter() - began)
                for each in place.shown(new):
                    if each.upto >= killed:
                        live.setdefault(each.queue, (each.at - killed) / 1000)
                return bool(ready_s) and len(live) == QUEUES

            if not results.until(done, _WITHIN_S):
                raise TimeoutError(f"{len(live)} of {QUEUES} queues are live after {_WITHIN_S:g} s")
            return Recovered(ready_s[0], min(live.values()), max(live.values()), place.cpu_s())
    finally:
        place.stop()
        results.close()


def an_hour(now: int) -> list[LegEvent]:
    """Of calls, in the order of their times; all are over but the last OPEN that were answered."""
    told = made(_EVENTS, QUEUES, now - HOUR, HOUR, seed=5)
    answered = [each for each in told if isinstance(each, Answered)]
    ends = [
        Ended(event_id=f"{each.leg_id}:x", at=min(each.at + _TALK_MS, now), source=SOURCE,
              queue=each.queue, leg_id=each.leg_id)
        for each in answered[:-OPEN]
    ]  # fmt: skip
    return sorted([*told, *ends], key=lambda each: each.at)


def counted(place: OursPlace) -> None:
    """Return when the worker has counted the hour; as a process manager does, it is started again where it had to end."""
    wanted, deadline = backlog.records(place.line), time.monotonic() + _COUNTED_WITHIN_S
    while backlog.positions(place.line) < wanted:
        place.line.stream.is_tended()
        if time.monotonic() > deadline:
            raise TimeoutError(f"the hour was not counted within {_COUNTED_WITHIN_S:g} s")
        time.sleep(backlog.LOOK_EVERY_S)


def _is_ready(place: OursPlace) -> bool:
    """503 while it is not."""
    answer = get(place.line.metrics_url.replace("/metrics", "/healthz"))
    return answer is not None and bool(json.loads(answer)["ready"])


def figures(found: Recovered) -> dict[str, float]:
    return {
        "recovery_s": round(found.all_s, 2),
        "recovery_ready_s": round(found.ready_s, 2),
        "recovery_first_queue_s": round(found.first_s, 2),
        "recovery_cpu_s": round(found.cpu_s, 2),
    }


def rows(found: Recovered) -> list[tuple[str, str, str]]:
    what = (
        f"from kill -9 to figures of now of all {QUEUES} queues, with an hour of calls and {OPEN:,} open ones;"
        f" ready after {found.ready_s:.1f} s, the first queue after {found.first_s:.1f} s;"
        f" {found.cpu_s:.1f} s of CPU"
    )
    return [("recovery", f"{found.all_s:.1f} s", what)]


def _in(bench: Bench) -> None:
    found = measure(bench.bootstrap, bench.folder)
    bench.take(figures(found), rows(found))


PART = Part("recovery", _in)
