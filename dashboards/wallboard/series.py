"""The series of the board for Prometheus: whether it reads, and when the certificate that it shows to browsers ends."""

from collections.abc import Callable, Sequence

from prometheus_client.registry import Collector

from streams.plumbing import certificates
from streams.plumbing.families import Families, Family


class BoardCollector(Collector):
    """`ready`: whether it reads its topics."""

    def __init__(self, version: str, ready: Callable[[], bool]) -> None:
        self._version = version
        self._ready = ready

    def collect(self) -> Sequence[Family]:
        families = Families()
        families.add("queuewatch_build_info", 1, "board", self._version)
        families.add("queuewatch_ready", int(self._ready()), "board")
        certificates.in_use.add_to(families)
        return families.collected()
