"""Sends records that the archive cannot keep to topic `quarantine`, masked, before their offsets are committed."""

import logging
from collections.abc import Callable
from typing import Any

from kafka import KafkaProducer

from schemas.codec import encode
from schemas.privacy import TokenKey, mask
from schemas.quarantine import Quarantined, first_place
from schemas.topics import topic_name
from streams.plumbing.kafka_security import in_use
from streams.sinks.clickhouse.records import Source

KEPT_CHARACTERS = 4_000
DELIVERED_WITHIN_S = 30.0

_log = logging.getLogger(__name__)


def quarantined(source: Source, detail: str, key: TokenKey) -> Quarantined:
    """The entry of topic `quarantine` for the record; its digits are masked like a caller's number."""
    place = first_place(source.topic_partition, source.offset, source.headers)
    return Quarantined(
        origin=place.origin,
        position=place.position,
        reason="refused_by_archive",
        detail=mask(key, detail[:500]),
        known_at=source.appended_at,
        original=mask(key, _text(source.value)[:KEPT_CHARACTERS]),
        original_key=mask(key, _text(source.key)[:200]),
        sent_as=place.sent_as,
    )


class RefusedRecords:
    """Collects refused records and delivers them; the producer is made with the first one."""

    def __init__(self, bootstrap: str, namespace: str, key: TokenKey) -> None:
        self._connect: Callable[[], Any] = lambda: KafkaProducer(
            bootstrap_servers=bootstrap.split(","),
            max_block_ms=10_000,
            **in_use().for_kafka_python(),
        )
        self._topic = topic_name("quarantine", namespace)
        self._key = key
        self._producer: Any = None
        self._waiting: list[Quarantined] = []

    def set_aside(self, source: Source, detail: str) -> None:
        place = f"{source.topic_partition} offset {source.offset}"
        if source.topic == "quarantine":
            # It comes from that topic; sent there again, it would come back here for ever.
            _log.error("a record of quarantine cannot be archived (%s): %s", place, detail)
            return
        _log.warning("set aside in topic quarantine: %s: %s", place, detail)
        self._waiting.append(quarantined(source, detail, self._key))

    def deliver(self) -> None:
        """Send all and wait until the broker has acknowledged them; on KafkaError they are kept."""
        if not self._waiting:
            return
        if self._producer is None:
            self._producer = self._connect()
        sent = [
            self._producer.send(self._topic, encode(record), record.original_key.encode() or None)
            for record in self._waiting
        ]
        for future in sent:
            future.get(timeout=DELIVERED_WITHIN_S)
        self._waiting.clear()

    def close(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=2)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "backslashreplace")
