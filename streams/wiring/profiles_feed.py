"""Topic `profiles`: every worker reads all of it before any event, since no rule may ask a database."""

import logging
from typing import Any, Protocol

from schemas.codec import UndecodableError, decode_as
from schemas.profiles import Profile, of_key
from streams.wiring.options import StreamOptions
from streams.wiring.reading import TopicTail

log = logging.getLogger(__name__)


class ProfilesSink(Protocol):
    """Keeps the profiles of all queues."""

    def update(self, profile: Profile) -> object: ...

    def remove(self, queue: str, version: int) -> object: ...


class ProfilesFeed:
    """Hands every version to the sink, and takes back those that were deleted."""

    def __init__(self, options: StreamOptions, sink: ProfilesSink) -> None:
        self._sink = sink
        self.tail = TopicTail(options.bootstrap, options.topic("profiles"), self._take)

    def _take(self, record: Any) -> None:
        try:
            if record.value is None:
                self._sink.remove(*of_key(record.key or b""))
            else:
                self._sink.update(decode_as(Profile, record.value))
        except (UndecodableError, ValueError) as error:
            log.warning("topic profiles, offset %d: %s; not used", record.offset, error)
