"""Samples of the table's series; what has no value is absent."""

import math
from collections.abc import Sequence

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from schemas.series import Series
from schemas.snapshots import QueueSnapshot
from streams.plumbing.families import Families, Family, exposition
from tests.support.stream_figures import families as families_of
from tests.support.stream_figures import pipeline, snapshot


def test_no_value_is_no_sample() -> None:
    families = Families()
    families.add("queuewatch_ready", None, "notify")
    assert families.collected() == []


def test_places_become_topic_and_partition() -> None:
    families = Families()
    families.add_places("queuewatch_lag_records", {"north.calls-3": 7})
    text = exposition(families.collected()).decode()
    assert 'queuewatch_lag_records{partition="3",topic="north.calls"} 7.0' in text
    assert "# TYPE queuewatch_lag_records gauge" in text


def test_a_counter_keeps_its_name() -> None:
    families = Families()
    families.add("queuewatch_notify_posts_total", 2, "ok")
    text = exposition(families.collected()).decode()
    assert 'queuewatch_notify_posts_total{result="ok"} 2.0' in text
    assert "# TYPE queuewatch_notify_posts_total counter" in text


class Given(Collector):
    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


def as_the_library_writes(families: Sequence[Metric]) -> str:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Given(families))
    return generate_latest(registry).decode()


def test_the_text_is_the_one_that_the_library_writes() -> None:
    queue: QueueSnapshot = snapshot(queue='a "b" \\ c\nd é')
    odd = Family(Series("odd", "gauge", ("b", "a"), "A \\ and\na line"))
    for n, value in enumerate(
        (0, -1.5, 1e21, 12345678.9, 1_780_000_000.123, math.inf, -math.inf, math.nan)
    ):
        odd.figures.append(((str(n), ""), value))
    bare = Family(Series("bare_total", "counter", (), "Without labels"))
    bare.figures.append(((), 3))
    for families in (families_of(queue), pipeline(), [odd, bare], []):
        assert exposition(families).decode() == as_the_library_writes(families)
