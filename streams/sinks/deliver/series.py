"""The series of deliver for Prometheus, made from its status at each scrape."""

from collections.abc import Sequence

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from schemas.millis import SECOND
from streams.plumbing.families import Families
from streams.sinks.deliver.status import DeliverStatus

RESULTS = ("sent", "joined", "failed", "not_told")


class DeliverCollector(Collector):
    def __init__(self, status: DeliverStatus, version: str) -> None:
        self._status = status
        self._version = version

    def collect(self) -> Sequence[Metric]:
        now = self._status
        families = Families()
        families.add("queuewatch_build_info", 1, "deliver", self._version)
        families.add("queuewatch_ready", int(now.ready), "deliver")
        for result in RESULTS:
            families.add("queuewatch_deliver_messages_total", now.ended.get(result, 0), result)
        families.add("queuewatch_deliver_failed_attempts_total", now.failed_attempts)
        families.add("queuewatch_deliver_queued_messages", now.queued)
        families.add("queuewatch_deliver_oldest_overdue_seconds", now.overdue_ms / SECOND)
        return families.collected()
