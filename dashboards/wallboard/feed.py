"""Kafka -> Latest: reads six small topics whole from their beginning, then follows them.

One reader serves all screens. While Kafka does not answer, it tries again for ever and reports the
problem; the known figures stay, and the screens show them as stale by their age.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

from dashboards.wallboard.latest import Latest
from schemas.topics import topic_name
from streams.plumbing.topic_reading import Batch, follow

TOPICS = ("targets", "roster", "alerts", "commands", "health", "snapshots")

log = logging.getLogger(__name__)


class Feed:
    """`problem` is one line while the topics are not read to their end or Kafka does not answer, else ""."""

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
        """Apply the batch; return whether it changed anything that is shown."""
        problem = batch.problem or ("" if batch.whole else "reading the topics")
        if (
            batch.problem and batch.problem != self.problem
        ):  # logged once per outage, not at each try
            log.warning("%s; trying again", batch.problem)
        changed = problem != self.problem
        self.problem = problem
        return self._apply(batch.records) or changed

    def _apply(self, records: Sequence[Any]) -> bool:
        """Apply only the last record of each key: a start must not decode a whole day of snapshots."""
        newest = {(record.topic, record.key): record for record in records}
        changes = [
            self._latest.apply(self._topics[record.topic], record.key, record.value)
            for record in newest.values()
        ]
        return any(changes)
