"""Makes the consumer of the archive, once Kafka answers, and follows it through the joins of its group."""

import threading
from collections.abc import Callable
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError

from streams.plumbing.backoff import Backoff
from streams.plumbing.kafka_problems import no_answer
from streams.plumbing.kafka_security import in_use

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
                **in_use().for_kafka_python(),
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
                fetch_max_wait_ms=500,
                max_partition_fetch_bytes=4 * 1024 * 1024,
                metrics_enabled=False,
            )
        except KafkaError:
            if not said:
                from streams.plumbing.kafka_refusals import why_refused  # with aiokafka, 4 MB

                say(f"waiting: {why_refused(bootstrap) or no_answer(bootstrap)}")
                said = True
            stop.wait(pauses.pause_s())
            continue
        if said:
            say("Kafka answers: going on")
        return consumer
    return None


class Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]
    """What the client tells of the group of a consumer: whether it joins, and whether it lost partitions.

    kafka-python 3.0.12 takes up the answer to a join only if a poll waits as it comes; a join that a
    change of the topics began it does not even repeat. The archive was then left without partitions,
    heartbeats or an error (a race at start, for the topics become known beside the first join). So
    every join is asked for again until it ends, and whoever polls waits longer while `joining`.
    """

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._revoked = False
        self.joining = True

    def on_partitions_revoked(self, revoked: Any) -> None:
        """A join begins; `revoked` may be empty."""
        self.joining = True
        self._consumer._coordinator.request_rejoin()  # noqa: SLF001  no public way
        self._revoked |= bool(revoked)

    def on_partitions_assigned(self, _: Any) -> None:
        """A join has ended, with these partitions or with none."""
        self.joining = False

    def any_revoked(self) -> bool:
        """Whether partitions were revoked since this was last asked."""
        was, self._revoked = self._revoked, False
        return was
