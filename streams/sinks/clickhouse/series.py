"""The series of the archive process for Prometheus; each scrape reads the status once."""

import time
from collections.abc import Callable, Sequence

from msgspec import Struct
from prometheus_client.registry import Collector

from streams.plumbing import certificates
from streams.plumbing.families import Families, Family
from streams.sinks.clickhouse.status import StatusRecorder


class ComparedDay(Struct, frozen=True):
    """The newest business day that was reconciled with the stream; before the first, `start_s` is None."""

    day: str = ""
    start_s: float | None = None  # since 1970
    differing: dict[str, int] = {}  # by queue: how many figures differ


class ArchiveCollector(Collector):
    """`clock` must be the monotonic clock that the status uses."""

    def __init__(
        self,
        status: StatusRecorder,
        version: str,
        compared: Callable[[], ComparedDay],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._status = status
        self._version = version
        self._compared = compared
        self._clock = clock

    def collect(self) -> Sequence[Family]:
        reading = self._status.read()
        compared = self._compared()
        since = reading.blocked_since
        families = Families()
        families.add("queuewatch_build_info", 1, "archive", self._version)
        families.add("queuewatch_ready", int(reading.ready), "archive")
        certificates.in_use.add_to(families)
        families.add_places("queuewatch_lag_records", reading.lag_records)
        for table, rows in reading.rows.items():
            families.add("queuewatch_archive_rows_total", rows, table)
        for table, seconds in reading.insert_seconds.items():
            families.add("queuewatch_archive_insert_seconds_total", seconds, table)
        for (source, reason), lines in reading.refused_lines.items():
            families.add("queuewatch_follower_refused_total", lines, source, reason)
        for (source, result), legs in reading.delivered.items():
            families.add("queuewatch_delivery_legs_total", legs, source, result)
        blocked_s = 0.0 if since is None else self._clock() - since
        families.add("queuewatch_archive_blocked_seconds", blocked_s)
        if compared.start_s is not None:
            for queue, count in compared.differing.items():
                families.add("queuewatch_reconcile_differing_figures", count, queue)
            families.add("queuewatch_reconcile_day_start_timestamp_seconds", compared.start_s)
        return families.collected()
