"""Writes records of topic `audit`, each chained to what stands there already."""

import asyncio
from collections.abc import Sequence

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError
from msgspec.structs import replace

from schemas.audit import AuditRecord, Seen, last_seen, value_digest
from schemas.codec import UndecodableError, decode_as, encode
from schemas.topics import topic_name
from streams.plumbing.kafka_problems import missing_topic, no_answer, refusal
from streams.plumbing.record_writing import write
from streams.plumbing.topic_reading import MissingTopicError, partitions_of, reader

_LOOKED_BACK = 50  # records; more are read if these do not tell how the chain goes on
_WITHIN_S = 20.0


async def write_audit(bootstrap: str, namespace: str, record: AuditRecord) -> str:
    """Write one record; return "" when every replica has it, else one line that says why not.

    Several may be written at the same time, also by other processes.
    """
    topic = topic_name("audit", namespace)
    try:
        async with asyncio.timeout(_WITHIN_S):
            seen = await _seen(bootstrap, topic)
            chained = replace(record, seen=seen)
            return await write(bootstrap, topic, record.who.encode(), encode(chained))
    except MissingTopicError as error:
        return missing_topic(str(error))
    except (KafkaConnectionError, OSError):  # of which TimeoutError is one
        return no_answer(bootstrap)
    except KafkaError as error:
        return refusal(bootstrap, error)


async def _seen(bootstrap: str, topic: str) -> Seen:
    (partition,) = await partitions_of(bootstrap, [topic])
    async with reader(bootstrap) as consumer:
        begin = (await consumer.beginning_offsets([partition]))[partition]
        end = (await consumer.end_offsets([partition]))[partition]
        start, back = end, _LOOKED_BACK
        while True:
            start, back = max(begin, start - back), back * 10
            held = await _read(consumer, partition, start, end)
            seen = last_seen(held, end)
            if seen is not None:
                return seen
            if start == begin:  # what tells it is deleted by age, or no record is one of ours
                return Seen(end - 1)


async def _read(
    consumer: object, partition: TopicPartition, start: int, end: int
) -> Sequence[tuple[int, str, Seen | None]]:
    consumer.assign([partition])  # type: ignore[attr-defined]  # aiokafka has no types
    consumer.seek(partition, start)  # type: ignore[attr-defined]
    held: list[tuple[int, str, Seen | None]] = []
    while await consumer.position(partition) < end:  # type: ignore[attr-defined]
        for record in (await consumer.getmany(partition, timeout_ms=200)).get(partition, ()):  # type: ignore[attr-defined]
            value = record.value or b""
            held.append((record.offset, value_digest(value), seen_of(value)))
    return held


def seen_of(value: bytes) -> Seen | None:
    try:
        return decode_as(AuditRecord, value).seen
    except UndecodableError:
        return None
