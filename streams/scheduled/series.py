"""The series of the process for Prometheus, made from its status at each scrape."""

from collections.abc import Sequence

from prometheus_client.registry import Collector

from schemas.millis import SECOND
from streams.plumbing import certificates
from streams.plumbing.families import Families, Family
from streams.scheduled.status import ReportsStatus


class ReportsCollector(Collector):
    def __init__(self, status: ReportsStatus, version: str) -> None:
        self._status = status
        self._version = version

    def collect(self) -> Sequence[Family]:
        families = Families()
        families.add("queuewatch_build_info", 1, "reports", self._version)
        families.add("queuewatch_ready", int(self._status.ready), "reports")
        certificates.in_use.add_to(families)
        for each in self._status.watches:
            families.add(
                "queuewatch_report_late_timestamp_seconds", each.late_at / SECOND, each.report
            )
            families.add("queuewatch_report_failing_periods", each.failing, each.report)
        return families.collected()
