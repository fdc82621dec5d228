"""What a worker shows to others: its health, and the values behind `/metrics` at one moment."""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version

from schemas.alerts import Firing
from schemas.health import STALLED, Health
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion
from streams.wiring.engine import Engine

STALLED_AFTER_S = 30  # records were ahead for so long, and none was applied
_QUEUES_SHOWN = 1_000  # with more, a health record names only queues with unexplained legs

_VERSION = version("queuewatch")  # reading the metadata takes a millisecond


@dataclass(frozen=True, slots=True)
class StreamView:
    """Values that do not change any more, so that another thread may render them."""

    now: int
    health: Health
    snapshots: list[QueueSnapshot]
    totals: list[QueueTotals]
    versions: list[TargetsVersion]
    results: dict[tuple[str, str], int]  # records by input and what became of them
    quarantined: dict[tuple[str, str], int]  # by topic and reason
    source_times: dict[str, int]  # newest event time of each live source, in ms
    sources_behind_ms: dict[str, int]  # how far each live source's clock is behind the broker's
    firing: list[Firing]
    checkpoints: int
    checkpoint_s: float
    unconfigured: int  # queues that no targets name


async def view(engine: Engine, state: str) -> StreamView:
    """Read one unit after the other; the loop runs other tasks in between, as queues may be thousands."""
    now = engine.now()
    snapshots: list[QueueSnapshot] = []
    totals: list[QueueTotals] = []
    source_times: dict[str, int] = {}
    behind_ms: dict[str, int] = {}
    firing: list[Firing] = []
    unconfigured = 0
    for source in engine.units.sources():
        snapshots += source.snapshots(now)
        totals += source.committed_totals()
        for name, at in source.source_times().items():
            source_times[name] = max(at, source_times.get(name, 0))
        for name, ms in source.sources_behind_ms().items():
            # A partition that the source tells less often than another says less of its clock.
            behind_ms[name] = min(ms, behind_ms.get(name, ms))
        firing += source.firing()
        unconfigured += source.unconfigured
        await asyncio.sleep(0)
    results, reasons = _counted(engine)
    telemetry, report = engine.telemetry, health(engine, state)
    if report.state not in ("running", STALLED):
        # Its partitions went, or it began to end, while units were read: another worker may show these queues already.
        snapshots, totals, firing = [], [], []
    return StreamView(
        now=now,
        health=report,
        snapshots=snapshots,
        totals=totals,
        versions=engine.targets.versions,
        results=results,
        quarantined=reasons,
        source_times=source_times,
        sources_behind_ms=behind_ms,
        firing=firing,
        checkpoints=telemetry.checkpoints,
        checkpoint_s=telemetry.checkpoint_s,
        unconfigured=unconfigured,
    )


def health(engine: Engine, state: str, detail: str = "") -> Health:
    """The record of topic `health`. `state` is the phase of the process, as the runner knows it.

    While it is `running`, the record says `recovering` before the units are ready, and STALLED when
    they make no progress.
    """
    now, telemetry = engine.now(), engine.telemetry
    ready, lag = engine.units.ready, engine.lag()
    if state == "running" and engine.tail_watchdog.stalled_s >= STALLED_AFTER_S:
        state = STALLED
    ages_s = {"checkpoint": (now - telemetry.checkpointed_at) / 1000}
    if telemetry.applied_at is not None:
        ages_s["last_event"] = (now - telemetry.applied_at) / 1000
    return Health(
        process="stream",
        instance=engine.options.instance,
        at=now,
        started_at=telemetry.started_at,
        ready=ready and state == "running",
        state="recovering" if state == "running" and not ready else state,
        detail=detail,
        version=_VERSION,
        pid=os.getpid(),
        positions=engine.positions(),
        lag_records=lag,
        lag_s=engine.lag_s(),
        ages_s=ages_s,
        totals=_totals(engine),
        unexplained_legs=_unexplained(engine),
        knows_probes=True,
    )


def _totals(engine: Engine) -> dict[str, int]:
    telemetry = engine.telemetry
    return {
        **{f"{name}_fetched_again": n for name, n in telemetry.fetched_again.items()},
        **_results(engine),
        "checkpoints": telemetry.checkpoints,
        "checkpoint_records": telemetry.checkpoint_records,
        "assignments": telemetry.assignments,
        "holes": telemetry.holes,
        "tail_seeks": engine.tail_watchdog.seeks,
        "snapshots": engine.snapshots.published,
        "snapshots_failed": engine.snapshots.failed,
    }


def _unexplained(engine: Engine) -> dict[str, int]:
    legs_by_queue = engine.snapshots.unexplained
    if len(legs_by_queue) <= _QUEUES_SHOWN:
        return dict(legs_by_queue)
    return {queue: legs for queue, legs in legs_by_queue.items() if legs}


def _counted(engine: Engine) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Records by input and result, and quarantined records by input and reason, since the state began."""
    results: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for owned in engine.units.owned.values():
        results.update({(owned.name, result): n for result, n in owned.results.items()})
        reasons.update({(owned.name, reason): n for reason, n in owned.reasons.items()})
    return dict(results), dict(reasons)


def _results(engine: Engine) -> dict[str, int]:
    return {f"{name}_{result}": n for (name, result), n in _counted(engine)[0].items()}
