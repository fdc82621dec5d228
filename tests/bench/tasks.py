"""The task of `make bench-peers`, by ours alone: by one worker, and by one, two and four."""

import argparse
import time

from schemas.calls import LegEvent
from schemas.millis import HOUR, MINUTE
from tests.bench import scale
from tests.bench.part import Bench, Part
from tests.bench.peers import task
from tests.bench.peers.measures import backlog_of_ours
from tests.bench.peers.place import OursPlace


def _by_one(bench: Bench) -> None:
    events = _events(bench)
    for _ in range(bench.options.repeat):
        place = OursPlace(bench.bootstrap, bench.folder, bench.options.queues)
        done = backlog_of_ours(place, events)
        what = f"{len(events):,} call events of one hour, rolling half hours exact"
        bench.repeated("peers_task_events_per_s", done.events_per_s, what)
        bench.repeated("peers_task_cpu_us_per_event", done.cpu_us_per_event, "µs of CPU an event")
        bench.repeated("peers_task_peak_memory_mb", done.peak_mb, "MB at most")


def _by_several(bench: Bench) -> None:
    events, queues = _events(bench), bench.options.queues
    found = [
        scale.measure(bench.bootstrap, bench.folder, events, queues, workers)
        for workers in scale.WORKERS
    ]
    bench.take(scale.figures(found), scale.rows(found))


def _events(bench: Bench) -> list[LegEvent]:
    """An hour that is just over."""
    now = time.time_ns() // 1_000_000
    start = (now - HOUR) // MINUTE * MINUTE - 3 * MINUTE
    return task.made(bench.options.task_events, bench.options.queues, start, HOUR, seed=1)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--task-events", type=int, default=300_000, help="of the peers' task")


TASK = Part("task", _by_one, _options)
SCALE = Part("scale", _by_several)
