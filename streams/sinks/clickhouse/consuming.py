"""Makes the consumer of the archive, once Kafka answers."""

import threading
from collections.abc import Callable
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from streams.plumbing.backoff import Backoff
from streams.plumbing.kafka_problems import no_answer

ANSWER_WITHIN_MS = 5_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 2.0


def connected_consumer(
    bootstrap: str, group: str, instance: str, stop: threading.Event, say: Callable[[str], None]
) -> Any | None:
    """A consumer of `group`, after a wait for Kafka; None if `stop` was set before.

    The membership is static (`instance`): after a crash the same name gets its partitions back at once,
    without a wait until its former session has expired.
    """
    said = False
    pauses = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
    while not stop.is_set():
        try:
            consumer = KafkaConsumer(
                bootstrap_servers=bootstrap.split(","),
                bootstrap_timeout_ms=ANSWER_WITHIN_MS,
                reconnect_backoff_max_ms=1_000,
                group_id=group,
                group_instance_id=instance,
                session_timeout_ms=10_000,
                heartbeat_interval_ms=2_000,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                metadata_max_age_ms=5_000,  # topics that are made later are seen within this time
                fetch_max_wait_ms=100,
                max_partition_fetch_bytes=4 * 1024 * 1024,
                metrics_enabled=False,
            )
        except KafkaError:
            if not said:
                say(f"waiting: {no_answer(bootstrap)}")
                said = True
            stop.wait(pauses.pause_s())
            continue
        if said:
            say("Kafka answers: going on")
        return consumer
    return None
