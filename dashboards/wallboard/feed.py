"""Kafka -> Latest: five small topics read whole from their beginning, then followed.

One reader serves however many screens. When Kafka is away the reader tries again for ever and says
so; what is known stays, and grows old on the screen by its own age.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

from dashboards.wallboard.latest import Latest
from schemas.topics import topic_name
from streams.plumbing.topic_reading import Batch, follow

TOPICS = ("targets", "roster", "alerts", "health", "snapshots")

log = logging.getLogger(__name__)


class Feed:
    """`problem` is one line while the topics were not read to their end or Kafka cannot be reached."""

    def __init__(self, bootstrap: str, namespace: str, latest: Latest) -> None:
        self._bootstrap = bootstrap
        self._topics = {topic_name(name, namespace): name for name in TOPICS}
        self._latest = latest
        self.problem = f"waiting for Kafka at {bootstrap}"

    async def run(self, on_change: Callable[[], None]) -> None:
        """Read for ever; `on_change` is called after each batch that changed something."""
        async with aclosing(follow(self._bootstrap, list(self._topics))) as batches:
            async for batch in batches:
                if self.take(batch):
                    on_change()

    def take(self, batch: Batch) -> bool:
        """Whether the batch changed something that is shown."""
        problem = batch.problem or ("" if batch.whole else "reading the topics")
        if batch.problem and batch.problem != self.problem:  # once an outage, not once a try
            log.warning("%s; trying again", batch.problem)
        changed = problem != self.problem
        self.problem = problem
        return self._apply(batch.records) or changed

    def _apply(self, records: Sequence[Any]) -> bool:
        """Of each key only the last of a batch: a day of snapshots must not be decoded at a start."""
        newest = {(record.topic, record.key): record for record in records}
        changes = [
            self._latest.apply(self._topics[record.topic], record.key, record.value)
            for record in newest.values()
        ]
        return any(changes)
