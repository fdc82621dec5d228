"""Figures of one queue and one worker, as exporters are given them."""

from schemas.alerts import Firing
from schemas.attention import Attention
from schemas.counters import WINDOW_MINUTES, Counts
from schemas.health import Health
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from streams.exporters.queue_series import queue_families
from streams.exporters.stream_series import StreamTelemetry, stream_families
from streams.plumbing.families import Family

NOW = 1_780_000_000_000
COUNTS = Counts(
    offered=10, answered=6, abandoned=3, exited=1, answered_in_target=5, short_abandoned=1,
    answer_wait_ms=90_500,
)  # fmt: skip
TARGETS = Targets(
    "billing", "Billing", "revenue", "Revenue", "finance", "Finance", "UTC", 20_000, 0.8
)


def snapshot(**changes: object) -> QueueSnapshot:
    values: dict[str, object] = {
        "queue": "billing",
        "as_of": NOW - 2_000,
        "version": 1,
        "published_at": NOW,
        "waiting": 2,
        "oldest_arrived_at": NOW - 31_000,
        "waiting_past_target": 1,
        "windows": dict.fromkeys(WINDOW_MINUTES, COUNTS),
        "today": COUNTS,
        "agents": {"available": 3},
        "not_evaluated": {"understaffed": "too few calls"},
        "answer_within_ms": 20_000,
        "short_abandon_ms": 5_000,
        "goal": 0.8,
        "formula": "short_abandons_ignored",
        "attention": Attention("watch", "a caller waits longer than 20 s"),
    }
    return QueueSnapshot(**(values | changes))  # type: ignore[arg-type]  # a builder of any field


def families(*snapshots: QueueSnapshot) -> list[Family]:
    totals = [QueueTotals("billing", COUNTS, Counts(answered=1))]
    book = TargetsBook([TargetsVersion(1, 0, 0, "UTC", (TARGETS,))])
    return queue_families(snapshots, totals, book, [Firing("oldest_wait", "billing")], NOW)


def pipeline() -> list[Family]:
    health = Health(
        process="stream", instance="stream-1", at=NOW, started_at=NOW, ready=True, state="running",
        version="0.1.0", positions={"calls-0": 7}, lag_records={"calls-0": 2},
        lag_s={"calls-0": 1.5},
        ages_s={"checkpoint": 0.2},
    )  # fmt: skip
    telemetry = StreamTelemetry(
        {("calls", "applied"): 7}, {("calls", "too_old"): 1}, {"pbx": NOW}, {"pbx": 1_500}, 3, 0.5
    )
    return stream_families(health, telemetry)
