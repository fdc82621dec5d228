"""A morning told to the real core, as its exporter would have shown it to Prometheus, and as the archive would hold it.

Prometheus gets it without a scrape: `promtool` makes blocks of samples with times of their own, so that every query
is asked of one known moment.
"""

import random
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from prometheus_client.metrics_core import Metric

from schemas.agents import Activity, RosterEntry, RoutingState
from schemas.calls import Event
from schemas.health import Health
from schemas.millis import MINUTE, SECOND
from schemas.series import SERIES
from schemas.targets_book import TargetsBook
from streams.core.roster import Roster
from streams.exporters.queue_series import queue_families
from streams.exporters.stream_series import StreamTelemetry, stream_families
from tests.support.archived import ArchivedStory
from tests.support.builders import MONDAY, call, clock, mark, targets
from tests.support.ruled import oldest_wait, ruled
from tests.support.services import program

BILLING, REPAIRS, PERMITS, MYSTERY = "billing", "repairs", "permits", "mystery"
QUEUES = (BILLING, REPAIRS, PERMITS, MYSTERY)
MOMENT = clock("11:00:00")  # the end of every window
SEEN_AT = MOMENT + 3 * SECOND  # when boards are looked at
WINDOWS_MINUTES = (5, 15, 30, 60)
_NEAR = (
    15 * SECOND
)  # nothing happens so near the edge of a window: which side it falls on is tested elsewhere
_LABELS = {series.name: series.labels for series in SERIES}

Sample = tuple[str, Mapping[str, str], float, int]  # name, labels, value, ms


def morning() -> ArchivedStory:
    """Three queues with other formulas, targets and goals, and one that nobody configured; two callers wait at the end."""
    day = ArchivedStory(configured=False, roster=_agents())
    department = {
        "department": "town",
        "department_name": "Town",
        "centre": "desk",
        "centre_name": "Desk",
    }
    day.publish(
        targets(BILLING, alerts=ruled(oldest_wait(MINUTE, 30 * SECOND, hold_ms=10 * SECOND)), **department),
        targets(REPAIRS, formula="offered", answer_within_ms=30 * SECOND, goal=0.9, **department),
        targets(PERMITS, formula="abandons_in_target_good", answer_within_ms=10 * SECOND, goal=0.5),
    )  # fmt: skip
    for _, event in sorted(_events(random.Random(7)), key=lambda timed: timed[0]):
        day.say(event)
    day.say(mark("tick", MOMENT))
    return day


def _agents() -> Roster:
    roster = Roster()
    states: tuple[tuple[str, RoutingState, Activity, tuple[str, ...]], ...] = (
        ("ann", "available", "idle", (BILLING, REPAIRS)),
        ("bea", "available", "talking", (BILLING,)),
        ("cem", "available", "hold", (BILLING,)),
        ("dot", "available", "ringing", (REPAIRS,)),
        ("eli", "available", "wrap", (REPAIRS,)),
        ("fay", "not_ready", "idle", (BILLING,)),
    )
    for version, (who, state, doing, queues) in enumerate(states, start=1):
        roster.update(RosterEntry(who, version, "node", state, doing, "", MONDAY, MONDAY, queues))
    return roster


def _events(chance: random.Random) -> Iterable[tuple[int, Event]]:
    edges = [MOMENT - minutes * MINUTE for minutes in (0, *WINDOWS_MINUTES)]
    for number in range(320):
        queue = QUEUES[number % len(QUEUES)]
        arrived = clock("08:00") + chance.randrange(178 * MINUTE)
        left = arrived + round(chance.expovariate(1 / 18) * SECOND) + 1
        kind = chance.choice(("answered", "answered", "answered", "abandoned", "exited"))
        if any(abs(at - edge) < _NEAR for at in (arrived, left) for edge in edges) or left > MOMENT:
            continue
        leg = f"{queue}-{number}"
        yield arrived, call("queued", leg, arrived, queue)
        yield left, call(kind, leg, left, queue)
    for number in range(3):  # a half hour of few calls, all of them late
        leg, arrived = f"early-{number}", clock(f"07:4{number}")
        yield arrived, call("queued", leg, arrived, BILLING)
        yield arrived + 50 * SECOND, call("answered", leg, arrived + 50 * SECOND, BILLING)
    for leg, at in (("late-1", "10:57:00"), ("late-2", "10:58:00")):
        yield clock(at), call("queued", leg, clock(at), BILLING)


def shown(day: ArchivedStory) -> list[Sample]:
    """What the exporter shows of the queues and of the worker at `SEEN_AT`; `job` as Prometheus adds it."""
    day.outputs.take(day.unit)
    book = TargetsBook(day.versions)
    snapshots = day.unit.snapshots(now=SEEN_AT)
    queues = queue_families(
        snapshots, day.unit.committed_totals(), book, day.unit.firing(), SEEN_AT
    )
    health = Health(
        process="stream", instance="stream-1", at=SEEN_AT, started_at=MONDAY, ready=True, state="running",
        version="0.2.0", positions={"calls-0": len(day.records)}, lag_records={"calls-0": 4},
        lag_s={"calls-0": 1.5}, ages_s={"checkpoint": 0.25},
    )  # fmt: skip
    telemetry = StreamTelemetry({}, {}, day.unit.source_times(), {"node": 1_500}, 0, 0.0, 1)
    families = [*queues, *stream_families(health, telemetry)]
    return list(_samples(families, "stream", SEEN_AT - SECOND))


def _samples(families: Iterable[Metric], job: str, at: int) -> Iterable[Sample]:
    for family in families:
        for sample in family.samples:
            yield sample.name, {**sample.labels, "job": job}, sample.value, at


def made_up(name: str, value: float, job: str, *labels: str) -> Sample:
    """One of our series as another process would show it; labels in the order of the table."""
    named = dict(zip(_LABELS[name], labels, strict=True))
    return name, {**named, "job": job}, value, SEEN_AT - SECOND


def counted(name: str, per_s: float, job: str, *labels: str) -> list[Sample]:
    """A counter that has grown evenly for longer than an hour."""
    named = {**dict(zip(_LABELS[name], labels, strict=True)), "job": job}
    begun = SEEN_AT - 65 * MINUTE
    return [
        (name, named, per_s * (at - begun) / SECOND, at)
        for at in range(begun, SEEN_AT + 1, 15 * SECOND)
    ]


def backfill(samples: Iterable[Sample], folder: Path) -> None:
    """Blocks of a Prometheus whose data lies in `folder`/data."""
    by_name: dict[str, list[str]] = {}
    for name, labels, value, at in samples:
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        by_name.setdefault(name, []).append(f"{name}{{{inside}}} {value!r} {at / SECOND:.3f}")
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(line for lines in by_name.values() for line in lines)
    (folder / "samples.txt").write_text(f"{text}\n# EOF\n")
    make = [program("promtool", "prometheus"), "tsdb", "create-blocks-from", "openmetrics"]
    done = subprocess.run(
        [*make, str(folder / "samples.txt"), str(folder / "data")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
