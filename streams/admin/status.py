"""The condition of every process, from topic `health`, and the lag of the readers, from the broker."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from schemas.health import HEALTH_STALE_MS, Health
from schemas.millis import HOUR
from schemas.topics import topic_name
from streams.admin.broker import admin_client, consumer, decodable, read_whole
from streams.admin.drain import lag_of, stages
from streams.admin.targets import read_versions

REQUIRED: tuple[str, ...] = ("stream", "archive", "notify", "board")
_FORGOTTEN_MS = HOUR  # an instance without a report for so long was replaced by one of another name

Condition = Literal["ready", "not ready", "stopped", "gone"]


class ProcessStatus(Struct, frozen=True):
    """One instance: its last report, the age of it, and the condition that follows from both."""

    process: str
    instance: str
    condition: Condition
    state: str
    detail: str
    age_s: float
    up_s: float
    version: str
    pid: int
    ages_s: dict[str, float]
    totals: dict[str, int]


class Status(Struct, frozen=True):
    """All that `queuewatch status` shows; without `problems`, everything is well."""

    at: int
    problems: tuple[str, ...]
    processes: tuple[ProcessStatus, ...]
    lag_records: dict[str, dict[str, int]]  # by reader, then by topic-partition; zeros left out
    lag_s: dict[str, float]  # by reader: age of the oldest unread record; absent: there is none
    unexplained_legs: dict[str, int]  # by queue
    targets_version: int  # 0: nothing published


def newest_reports(values: Iterable[bytes | None]) -> list[Health]:
    """The last report of each process and instance, in the order of the log."""
    newest: dict[tuple[str, str], Health] = {}
    # A report that cannot be decoded is skipped: the process reports again, or counts as gone.
    for health in decodable(Health, values):
        newest[health.process, health.instance] = health
    return list(newest.values())


def assess(
    reports: Iterable[Health],
    now: int,
    lags: dict[str, dict[str, int]],
    targets_version: int,
    lag_s: dict[str, float] | None = None,
) -> Status:
    """The status that follows from the reports at `now` (ms)."""
    seen = [report for report in reports if now - report.at <= _FORGOTTEN_MS]
    processes = tuple(sorted((_process(r, now) for r in seen), key=_order))
    books: dict[str, int] = {}
    for report in seen:
        if _condition(report, now) in ("ready", "not ready"):
            books |= report.unexplained_legs
    return Status(
        now,
        tuple(_problems(processes, books, targets_version)),
        processes,
        lags,
        lag_s or {},
        books,
        targets_version,
    )


def read_status(bootstrap: str, namespace: str, now: int) -> Status:
    """The state of the system on that broker."""
    records = read_whole(bootstrap, topic_name("health", namespace))
    versions = read_versions(bootstrap, namespace)
    lags: dict[str, dict[str, int]] = {}
    lag_s: dict[str, float] = {}
    with admin_client(bootstrap) as admin, consumer(bootstrap) as reader:
        for stage in stages(namespace):
            found = lag_of(admin, reader, stage)
            lags.setdefault(stage.reader, {}).update(
                {f"{tp.topic}-{tp.partition}": n.records for tp, n in found.items()}
            )
            waiting = [lag.oldest_at for lag in found.values() if lag.oldest_at is not None]
            if waiting:
                oldest_s = max(0, now - min(waiting)) / 1000
                lag_s[stage.reader] = max(oldest_s, lag_s.get(stage.reader, 0.0))
    reports = newest_reports(record.value for record in records)
    return assess(reports, now, lags, versions[-1].version if versions else 0, lag_s)


def _process(report: Health, now: int) -> ProcessStatus:
    return ProcessStatus(
        report.process,
        report.instance,
        _condition(report, now),
        report.state,
        report.detail,
        round((now - report.at) / 1000, 1),
        round((report.at - report.started_at) / 1000, 1),
        report.version,
        report.pid,
        report.ages_s,
        report.totals,
    )


def _condition(report: Health, now: int) -> Condition:
    if report.state == "stopped":
        return "stopped"
    if now - report.at > HEALTH_STALE_MS:
        return "gone"
    return "ready" if report.ready else "not ready"


def _problems(
    processes: tuple[ProcessStatus, ...], books: dict[str, int], targets_version: int
) -> Iterable[str]:
    alive = {p.process for p in processes if p.condition in ("ready", "not ready")}
    for name in REQUIRED:
        if name not in alive:
            yield f"{name} does not run: start it with `queuewatch {name}` or `queuewatch up`"
    for p in processes:
        label = f"{p.process} {p.instance}"
        detail = f": {p.detail}" if p.detail else ""
        if p.condition == "not ready":
            yield f"{label} is {p.state}{detail}"
        elif p.condition == "gone" and p.process in alive:
            yield f"{label} has not reported for {p.age_s:.0f} s"
    for queue, count in sorted(books.items()):
        if count:
            yield f"the books of queue {queue} do not balance: {count} unexplained legs"
    if not targets_version:
        yield "no targets are published: run `queuewatch queues publish FILE`"


def _order(process: ProcessStatus) -> tuple[int, str, str]:
    rank = REQUIRED.index(process.process) if process.process in REQUIRED else len(REQUIRED)
    return rank, process.process, process.instance
