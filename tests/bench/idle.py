"""What a quiet night costs: processor and memory of each process of `queuewatch up`, and how its memory grows.

A day of light traffic is caught up with first, as fast as it goes, so that memory has seen one.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tests.bench.part import Bench, Part
from tests.bench.processes import cpu_s, memory_mb
from tests.support.up import Up

SCENARIO = ("--scenario", "quiet-night", "--from", "-24h")
SETTLED_S = 60.0
CPU_AIM_PERCENT, MEMORY_AIM_MB = 5.0, 400.0  # of all of ours together
NOT_OURS = frozenset({"kafka", "prometheus", "alertmanager"})


class Used(Struct, frozen=True):
    """By one process, over the time of measuring."""

    name: str
    cpu_percent: float  # of a core
    memory_mb: float  # resident, at the end
    grew_mb: float


class Reading(Struct, frozen=True):
    """Of one process at one time, on one clock: seconds of CPU so far, and resident memory."""

    at_s: float
    cpu_s: float
    memory_mb: float


def measure(folder: Path, minutes: float) -> list[Used]:
    with Up(folder / "idle", *SCENARIO) as up:
        time.sleep(SETTLED_S)
        pids = {**up.children(), "up": up.pid}
        before = readings(pids)
        time.sleep(minutes * 60)
        return used(before, readings(pids))


def readings(pids: Mapping[str, int]) -> dict[str, Reading]:
    return {
        name: Reading(time.monotonic(), cpu_s(pid), memory_mb(pid)) for name, pid in pids.items()
    }


def used(before: Mapping[str, Reading], after: Mapping[str, Reading]) -> list[Used]:
    """The dearest first."""
    found = [
        Used(
            name,
            100 * (now.cpu_s - then.cpu_s) / (now.at_s - then.at_s),
            now.memory_mb,
            now.memory_mb - then.memory_mb,
        )
        for name, then in before.items()
        if (now := after.get(name)) is not None
    ]
    return sorted(found, key=lambda each: -each.cpu_percent)


def ours(found: Sequence[Used]) -> Used:
    """The sum of our own processes."""
    mine = [each for each in found if each.name not in NOT_OURS]
    return Used(
        "all of ours",
        sum(each.cpu_percent for each in mine),
        sum(each.memory_mb for each in mine),
        sum(each.grew_mb for each in mine),
    )


def figures(found: Sequence[Used]) -> dict[str, dict[str, float]]:
    told = [*found, ours(found)]
    return {
        "idle_cpu_percent": {each.name: round(each.cpu_percent, 2) for each in told},
        "rss_mb": {each.name: round(each.memory_mb, 1) for each in told},
        "rss_grew_mb": {each.name: round(each.grew_mb, 1) for each in told},
    }


def rows(found: Sequence[Used]) -> list[tuple[str, str, str]]:
    aim = f"; aim {CPU_AIM_PERCENT:g} % and {MEMORY_AIM_MB:g} MB"
    return [
        (
            f"idle, {each.name}",
            f"{each.cpu_percent:.1f} %",
            f"of a core; {each.memory_mb:.0f} MB, grew by {each.grew_mb:+.1f} MB"
            + (aim if each.name == "all of ours" else ""),
        )
        for each in (*found, ours(found))
    ]


def _in(bench: Bench) -> None:
    found = measure(bench.folder, bench.options.idle_minutes)
    bench.take(figures(found), rows(found))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--idle-minutes", type=float, default=5.0, help="of a quiet night")


PART = Part("idle", _in, _options)
