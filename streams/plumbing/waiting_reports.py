"""Health reports by kafka-python, for processes that use it anyway."""

from typing import Any

from kafka import KafkaProducer

from streams.plumbing.kafka_security import in_use

_FLUSHED_WITHIN_S = 2.0
_SETTINGS: dict[str, Any] = {
    "enable_idempotence": False,
    "acks": 1,
    "retries": 0,
    "max_block_ms": 1_000,
    "bootstrap_timeout_ms": 2_000,
    "request_timeout_ms": 3_000,
    "delivery_timeout_ms": 4_000,  # two periods: see `Writer`
    "reconnect_backoff_max_ms": 2_000,
    "metrics_enabled": False,
}


class WaitingReports:
    """Satisfies `health_reports.Writer`; a thread of the client sends."""

    def __init__(self, bootstrap: str) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap.split(","), **in_use().for_kafka_python(), **_SETTINGS
        )

    def write(self, topic: str, key: bytes, value: bytes) -> None:
        self._producer.send(topic, value, key)

    def close(self) -> None:
        try:
            self._producer.flush(timeout=_FLUSHED_WITHIN_S)
        finally:
            self._producer.close(timeout=1)
