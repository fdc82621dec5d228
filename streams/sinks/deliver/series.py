"""The series of deliver for Prometheus, made from its status at each scrape."""

from collections.abc import Callable, Sequence

from prometheus_client.registry import Collector

from schemas.millis import SECOND
from streams.plumbing import certificates
from streams.plumbing.families import Families, Family
from streams.sinks.deliver.status import DeliverStatus

RESULTS = ("sent", "joined", "failed", "not_told")


class DeliverCollector(Collector):
    """`now` is the wall clock in ms."""

    def __init__(self, status: DeliverStatus, version: str, now: Callable[[], int]) -> None:
        self._status = status
        self._version = version
        self._now = now

    def collect(self) -> Sequence[Family]:
        now = self._status
        families = Families()
        families.add("queuewatch_build_info", 1, "deliver", self._version)
        families.add("queuewatch_ready", int(now.ready), "deliver")
        certificates.in_use.add_to(families)
        for result in RESULTS:
            families.add("queuewatch_deliver_messages_total", now.ended.get(result, 0), result)
        for owner, target in now.targets:
            since = now.failing_since.get((owner, target))
            failing_s = 0.0 if since is None else (self._now() - since) / SECOND
            families.add("queuewatch_deliver_target_failing_seconds", failing_s, owner, target)
        for owner in now.untold:
            families.add("queuewatch_deliver_owner_without_address", 1, owner)
        families.add("queuewatch_deliver_files_refused", int(bool(now.refused)))
        families.add("queuewatch_deliver_failed_attempts_total", now.failed_attempts)
        families.add("queuewatch_deliver_queued_messages", now.queued)
        families.add("queuewatch_deliver_oldest_overdue_seconds", now.overdue_ms / SECOND)
        return families.collected()
