"""Rows of the comparison: medians over the rounds, as JSON and as a table for people. Pure."""

import statistics
from collections.abc import Mapping, Sequence

from msgspec import Struct

MEASURED = (
    "events_per_s", "cpu_us_per_event", "peak_mb",
    "latency_p50_ms_1000", "latency_p99_ms_1000", "latency_p50_ms_5000", "latency_p99_ms_5000", "recovery_s",
)  # fmt: skip
_HEADS = ("events/s", "µs CPU/event", "peak MB", "p50 at 1,000/s", "p99", "p50 at 5,000/s", "p99", "recovery s")  # fmt: skip


class Found(Struct):
    """What the rounds gave for one system: values by figure, and why a figure has none."""

    system: str
    version: str
    values: dict[str, list[float]] = {}
    reasons: dict[str, str] = {}

    def add(self, figure: str, value: float) -> None:
        self.values.setdefault(figure, []).append(value)

    def cannot(self, figure: str, why: str) -> None:
        self.reasons[figure] = why

    def median(self, figure: str) -> float | None:
        values = self.values.get(figure)
        return statistics.median(values) if values else None


def row(found: Found) -> dict[str, object]:
    """One system. A figure that every system has is there always, None with its reason where there is no value."""
    figures = {name: _rounded(found.median(name)) for name in (*MEASURED, *found.values)}
    reasons = {name: why for name, why in found.reasons.items() if figures.get(name) is None}
    rounds = max((len(values) for values in found.values.values()), default=0)
    return {"system": found.system, "version": found.version, "rounds": rounds, **figures, "reasons": reasons}  # fmt: skip


def times_the_best(rows: Sequence[Mapping[str, object]], ours: str, beside: Sequence[str]) -> float | None:  # fmt: skip
    """Our events a second by those of the fastest of `beside`; None where either was not measured."""
    rates = {str(each["system"]): each["events_per_s"] for each in rows}
    peers = [rate for name in beside if isinstance(rate := rates.get(name), int | float)]
    mine = rates.get(ours)
    return round(mine / max(peers), 2) if peers and isinstance(mine, int | float) else None


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """For people: a line a system; `–` where there is no value."""
    lines = [["system", *_HEADS]] + [
        [f"{each['system']} {each['version']}", *(_shown(each[name]) for name in MEASURED)]
        for each in rows
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _shown(value: object) -> str:
    if not isinstance(value, int | float):
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
