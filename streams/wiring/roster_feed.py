"""Topic `roster`: every worker reads all of it, since any queue may share any agent."""

import logging
from typing import Any, Protocol

from schemas.agents import RosterEntry
from schemas.codec import UndecodableError, decode_as
from streams.wiring.options import StreamOptions
from streams.wiring.reading import TopicTail

log = logging.getLogger(__name__)


class RosterSink(Protocol):
    """Keeps the newest state of every agent."""

    def update(self, entry: RosterEntry) -> object: ...


class RosterFeed:
    """Hands every entry to the sink, which keeps the one of the highest version."""

    def __init__(self, options: StreamOptions, sink: RosterSink) -> None:
        self._sink = sink
        self.tail = TopicTail(options.bootstrap, options.topic("roster"), self._take)

    def _take(self, record: Any) -> None:
        if record.value is None:  # a tombstone: the agent was forgotten
            return
        try:
            entry = decode_as(RosterEntry, record.value)
        except UndecodableError as error:
            log.warning(
                "topic roster, partition %d, offset %d: %s; not used",
                record.partition,
                record.offset,
                error,
            )
            return
        self._sink.update(entry)
