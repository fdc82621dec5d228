"""Topic `targets`: the epoch of the topics and every published version, read before any event."""

import logging
from collections.abc import Callable
from typing import Any

from schemas.codec import UndecodableError, decode_as
from schemas.targets import TargetsVersion, TopicsEpoch
from schemas.topics import EPOCH_KEY
from streams.wiring.options import StreamOptions
from streams.wiring.reading import TopicTail

log = logging.getLogger(__name__)


class TargetsFeed:
    """Keeps `versions`, oldest first, and calls `changed` with them after each new one."""

    def __init__(
        self, options: StreamOptions, changed: Callable[[list[TargetsVersion]], None]
    ) -> None:
        self.topics = TopicsEpoch(0, 0)
        self._by_version: dict[int, TargetsVersion] = {}
        self._changed = changed
        self.tail = TopicTail(options.bootstrap, options.topic("targets"), self._take)

    @property
    def epoch(self) -> int:
        return self.topics.epoch

    @property
    def versions(self) -> list[TargetsVersion]:
        return [self._by_version[number] for number in sorted(self._by_version)]

    def _take(self, record: Any) -> None:
        if record.value is None:
            return
        try:
            if record.key == EPOCH_KEY:
                told = decode_as(TopicsEpoch, record.value)
                if told.epoch >= self.topics.epoch:
                    self.topics = told
                return
            version = decode_as(TargetsVersion, record.value)
        except UndecodableError as error:
            # Should not happen: `queues apply` checks before it publishes. Earlier versions still hold.
            log.warning("topic targets, offset %d: %s; not used", record.offset, error)
            return
        if self._by_version.get(version.version) != version:
            self._by_version[version.version] = version
            self._changed(self.versions)
