"""Brokers that a case may kill: a cluster of its own, open or secured as the run is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.scale import IS_SECURED
from tests.support.kafka_nodes import KafkaNodes
from tests.support.secured import secured_nodes


@contextmanager
def brokers(
    folder: Path, count: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[KafkaNodes]:
    """Running, and ended with the context, whatever became of them."""
    if IS_SECURED:
        with secured_nodes(folder, count, settings) as nodes:
            yield nodes
    else:
        with KafkaNodes(folder, count, settings=settings) as nodes:
            yield nodes
