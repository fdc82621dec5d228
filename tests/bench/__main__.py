"""Figures of this machine: `make bench`. Prints a table and writes build/bench.json.

    python -m tests.bench --events 1000000 --queues 200 --hours 2

A real Kafka on this machine, with `queuewatch stream`, `archive` and a stock Faust worker beside it,
one after the other. The stream's outputs are read back and compared with the simulator's ledger; a
difference fails the run. With --only the file is left alone: its figures belong to one run, but those of archive
and history, which are put beside them. Parts `alerts`, `cost`
and `sizing` need no Kafka, `idle` and `soak` start one of their own; the first has a file of its own, build/alerts.json.
"""

import argparse
import json
import os
import sys
from typing import Any

from tests.bench import (
    alerts,
    archive,
    backlogs,
    bare,
    cost,
    feeds,
    follow,
    history,
    idle,
    latency,
    many,
    paint,
    pixels,
    recovery,
    ruled,
    sizing,
    soak,
    tasks,
    telling,
    walls,
)
from tests.bench.part import Bench, Part
from tests.support.services import ROOT

PARTS: tuple[Part, ...] = (
    alerts.PART, bare.PART, backlogs.STREAM, backlogs.FAUST, tasks.TASK, tasks.SCALE, recovery.PART, many.PART, feeds.PART, follow.PART,
    archive.PART, latency.PART, pixels.PART, paint.PART, walls.PART, telling.PART, idle.PART, soak.PART, sizing.PART, cost.PART, ruled.PART,
    history.PART,
)  # fmt: skip
_RESULT = ROOT / "build" / "bench.json"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--only", choices=[part.name for part in PARTS])
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=1, help="backlogs; the figures are medians")
    parser.add_argument("--latency-seconds", type=float, default=20.0, help="at each rate")
    for part in PARTS:
        part.add_options(parser)
    return parser.parse_args(arguments)


def _table(bench: Bench) -> str:
    width = max(len(name) for name, _, _ in bench.rows)
    lines = [f"{name:<{width}}  {value:>14}  {what}" for name, value, what in bench.rows]
    head = f"{bench.options.queues} queues, {os.cpu_count()} cores shared with Kafka and database"
    return "\n".join([head, *lines])


def _write(figures: dict[str, Any]) -> None:
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {_RESULT.relative_to(ROOT)}")


def _keep(bench: Bench, name: str) -> None:
    """Put the figures of one part beside those of the last run of all."""
    kept = json.loads(_RESULT.read_text()) if _RESULT.exists() else {}
    of_part = {key: value for key, value in bench.figures.items() if key.startswith(name)}
    _write(kept | of_part | {f"{name}_load_before": bench.load_before})


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    parts = [part for part in PARTS if (options.only or part.name) == part.name]
    with Bench(options) as bench:
        print(f"load of the last minute: {bench.load_before:.2f}", flush=True)
        for part in parts:
            if part.is_of_all or not bench.is_whole:
                part.measure(bench)
    bench.figures |= {
        "queues": options.queues, "cores": os.cpu_count(), "load_before": bench.load_before,
        "took_s": round(bench.took_s, 1),
    }  # fmt: skip
    if bench.rows:  # else the part has told its own table
        print(f"\n{_table(bench)}")
    if bench.is_whole:
        _write(bench.figures)
    elif parts[0].is_kept:
        _keep(bench, parts[0].name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
