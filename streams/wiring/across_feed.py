"""Topic `across`: every worker reads all of it, since the calls of any queue may be in an alert across queues."""

import logging
from typing import Any, Protocol

from schemas.across import AcrossRecord
from schemas.codec import UndecodableError, decode_as
from streams.wiring.options import ACROSS, StreamOptions
from streams.wiring.reading import TopicTail

log = logging.getLogger(__name__)


class AcrossSink(Protocol):
    """Keeps the open alerts across queues, and how far they are decided."""

    def update(self, told: AcrossRecord) -> object: ...


class AcrossFeed:
    """Hands every record to the sink."""

    def __init__(self, options: StreamOptions, sink: AcrossSink) -> None:
        self._sink = sink
        self.tail = TopicTail(options.bootstrap, options.topic(ACROSS), self._take)

    def _take(self, record: Any) -> None:
        try:
            told: AcrossRecord = decode_as(AcrossRecord, record.value or b"")  # type: ignore[arg-type]  # a union of structs
        except UndecodableError as error:
            log.warning("topic across, offset %d: %s; not used", record.offset, error)
            return
        self._sink.update(told)
