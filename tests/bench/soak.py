"""Does memory stay flat? A day of light traffic in some minutes, at a steady pace, and what each process of `queuewatch up` holds.

What events cause is that of a day: calls, minutes, days, rows, checkpoints, snapshots. What the wall clock causes (reports of
health, probes, nightly work) is that of the minutes that it takes.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from tests.bench.idle import NOT_OURS
from tests.bench.part import Bench, Part
from tests.bench.processes import memory_mb
from tests.support.up import Up

HOURS = 24
EVERY_S = 5.0
_LATE_S = 300.0  # of a sender on a machine with much to do
_SETTLED_S = (
    80.0  # after it: what was sent last is archived, and memory is given back once a minute
)
FLAT_MB = 10.0  # a process that grew by more since the middle of the day is named

Memory = Mapping[str, float]  # resident MB by process


class Held(Struct, frozen=True):
    """By one process: before the first call, and a quarter, a half and the whole of the day later."""

    name: str
    start_mb: float
    quarter_mb: float
    middle_mb: float
    end_mb: float

    @property
    def grew_mb(self) -> float:
        """In the second half of the day: what a process needs at all is there by then."""
        return self.end_mb - self.middle_mb


def measure(folder: Path, minutes: float) -> list[Held]:
    with Up(folder / "soak", "--no-traffic") as up, ThreadPoolExecutor(1) as thread:
        pids = {**up.children(), "up": up.pid}
        taken = [_memory(pids)]
        speed = HOURS * 60 / minutes
        sending = thread.submit(
            up.run, "send", "simulate", "--scenario", "quiet-night", "--from", f"-{HOURS + 1}h",
            "--until", "-1h", "--speed", f"{speed:g}", within_s=minutes * 60 + _LATE_S,
        )  # fmt: skip
        while not sending.done():
            time.sleep(EVERY_S)
            taken.append(_memory(pids))
        done = sending.result()
        assert done.returncode == 0, done.stdout + done.stderr
        time.sleep(_SETTLED_S)
        taken += [_memory(pids), _memory(pids)]
        return held(taken)


def _memory(pids: Mapping[str, int]) -> Memory:
    return {name: memory_mb(pid) for name, pid in pids.items()}


def held(taken: Sequence[Memory]) -> list[Held]:
    """Of readings at equal distances, the last after the day. The one that grew most first; each is the median of three around its time."""
    last = len(taken) - 1
    places = [0, *(round(last * share) for share in (0.25, 0.5, 1.0))]
    found = [
        Held(name, *(_around([each[name] for each in taken], place) for place in places))
        for name in taken[0]
    ]
    return sorted(found, key=lambda each: -each.grew_mb)


def _around(values: Sequence[float], place: int) -> float:
    near = sorted(values[max(0, place - 1) : place + 2])
    return near[len(near) // 2]


def figures(found: Sequence[Held]) -> dict[str, dict[str, list[float]]]:
    return {
        "soak_rss_mb": {
            each.name: [
                round(mb, 1) for mb in (each.start_mb, each.quarter_mb, each.middle_mb, each.end_mb)
            ]
            for each in found
        }
    }


def rows(found: Sequence[Held]) -> list[tuple[str, str, str]]:
    return [
        (
            f"soak, {each.name}",
            f"{each.grew_mb:+.1f} MB",
            f"in the second half of a day; {each.start_mb:.0f} MB before it, then {each.quarter_mb:.0f},"
            f" {each.middle_mb:.0f} and {each.end_mb:.0f}" + _said(each),
        )
        for each in found
    ]


def _said(each: Held) -> str:
    return "" if each.name in NOT_OURS or each.grew_mb <= FLAT_MB else "; NOT FLAT"


def _in(bench: Bench) -> None:
    found = measure(bench.folder, bench.options.soak_minutes)
    bench.take(figures(found), rows(found))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--soak-minutes", type=float, default=10.0, help="for a day of traffic")


PART = Part("soak", _in, _options)
