"""The series of notify for Prometheus, made from its status at each scrape."""

from collections.abc import Sequence

from prometheus_client.registry import Collector

from streams.plumbing import certificates
from streams.plumbing.families import Families, Family
from streams.sinks.alertmanager.probing import Probing
from streams.sinks.alertmanager.status import NotifyStatus


class NotifyCollector(Collector):
    def __init__(self, status: NotifyStatus, version: str, probing: Probing) -> None:
        self._status = status
        self._probing = probing
        self._version = version

    def collect(self) -> Sequence[Family]:
        now = self._status
        families = Families()
        families.add("queuewatch_build_info", 1, "notify", self._version)
        families.add("queuewatch_ready", int(now.ready), "notify")
        certificates.in_use.add_to(families)
        families.add_places("queuewatch_lag_records", now.lag_records)
        families.add("queuewatch_notify_posts_total", now.posts_ok, "ok")
        families.add("queuewatch_notify_posts_total", now.posts_failed, "failed")
        if now.deliver_owners is not None:
            families.add("queuewatch_notify_deliver_owners", now.deliver_owners)
        families.add("queuewatch_notify_firing_alerts", now.firing)
        families.add("queuewatch_notify_quiet_alerts", now.quiet)
        for (name, *labels), value in now.measured.items():
            families.add(name, value, *labels)
        for stage, at in self._probing.passed_at.items():
            families.add("queuewatch_probe_last_timestamp_seconds", at / 1000, stage)
        return families.collected()
