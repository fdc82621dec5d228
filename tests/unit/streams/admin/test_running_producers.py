"""Who produces calls now."""

from schemas.health import HEALTH_STALE_MS, Health
from streams.admin.running_producers import running

NOW = 1_790_000_000_000


def report(process: str, *, at: int = NOW, state: str = "running") -> Health:
    return Health(
        process=process, instance="pbx", at=at, started_at=0, ready=True, state=state, pid=7
    )


def test_only_producers_that_still_report() -> None:
    reports = [
        report("queue-log"),
        report("simulate", state="waiting_for_kafka"),
        report("stream"),
        report("queue-log", state="stopped"),
        report("queue-log", at=NOW - HEALTH_STALE_MS - 1),
    ]
    assert running(reports, NOW) == [
        "queue-log (process 7 of pbx)", "simulate (process 7 of pbx)",
    ]  # fmt: skip
