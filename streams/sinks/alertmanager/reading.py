"""Topic `alerts` read whole, then followed. Without a group: the state is the topic, not an offset."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.alerts import Alert
from schemas.codec import UndecodableError, decode_as
from schemas.topics import topic_name
from streams.sinks.alertmanager.figures import Figures

_log = logging.getLogger(__name__)
_TOPIC = "alerts"
_POLL_MS = 250
_RETRY_S = 2.0


class Batch(NamedTuple):
    """Alerts in the order of their records; `whole` once all that was there at the start is read."""

    alerts: list[Alert]
    whole: bool


class AlertLog:
    def __init__(self, bootstrap: str, namespace: str, figures: Figures) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name(_TOPIC, namespace)
        self._figures = figures

    async def batches(self) -> AsyncIterator[Batch]:
        """For ever; an outage of Kafka only delays. After one, everything is read again: harmless."""
        while True:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                group_id=None,
                enable_auto_commit=False,
                # A reset of its own races with `seek`; what is out of range is read anew from here.
                auto_offset_reset="none",
                isolation_level="read_committed",
                fetch_max_wait_ms=_POLL_MS,
            )
            try:
                await consumer.start()
                async for batch in self._follow(consumer):
                    yield batch
            except KafkaConnectionError:
                self._waiting(
                    f"Kafka does not answer at {self._bootstrap}: is it running there?"
                    " (another place: --kafka HOST:PORT)"
                )
            except KafkaError as error:
                self._waiting(f"Kafka at {self._bootstrap}: {_line(error)}")
            finally:
                await consumer.stop()
            await asyncio.sleep(_RETRY_S)

    async def _follow(self, consumer: Any) -> AsyncIterator[Batch]:
        partitions = await self._partitions()
        if not partitions:
            self._waiting(f"topic {self._topic} is missing: run `queuewatch topics create`")
            return
        starts = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, starts[partition])
        whole = False
        while True:
            records = await consumer.getmany(timeout_ms=_POLL_MS)
            # Positions, not offsets of records: the last offsets may be markers of transactions.
            positions = {tp: await consumer.position(tp) for tp in partitions}
            whole = whole or all(positions[tp] >= ends[tp] for tp in partitions)
            self._note(consumer, positions)
            alerts = [
                alert
                for batch in records.values()
                for record in batch
                if record.value is not None and (alert := self._decoded(record)) is not None
            ]
            yield Batch(alerts, whole)

    async def _partitions(self) -> list[TopicPartition]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        try:
            await admin.start()
            found = await admin.describe_topics([self._topic])
        finally:
            await admin.close()
        return [TopicPartition(self._topic, each["partition"]) for each in found[0]["partitions"]]

    def _decoded(self, record: Any) -> Alert | None:
        try:
            return decode_as(Alert, record.value)
        except UndecodableError as error:
            # One bad record must not silence every alert behind it.
            _log.warning("%s-%s@%s: %s", self._topic, record.partition, record.offset, error)
            self._figures.undecodable += 1
            return None

    def _note(self, consumer: Any, positions: dict[TopicPartition, int]) -> None:
        places = {f"{_TOPIC}-{tp.partition}": at for tp, at in positions.items()}
        self._figures.positions = places
        self._figures.lag_records = {
            f"{_TOPIC}-{tp.partition}": max(0, (consumer.highwater(tp) or at) - at)
            for tp, at in positions.items()
        }

    def _waiting(self, detail: str) -> None:
        if self._figures.detail != detail:
            _log.warning("notify waits: %s", detail)
        self._figures.state, self._figures.detail = "waiting_for_kafka", detail


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
