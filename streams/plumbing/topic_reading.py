"""Reads topics whole from their beginning, then follows them: no offset is kept between starts.

It reads without a consumer group, and committed records only. Progress is measured by positions, not
by offsets of records, because markers of transactions occupy offsets too.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code
from aiokafka.protocol.metadata import MetadataRequest
from msgspec import Struct

from streams.plumbing.backoff import Backoff
from streams.plumbing.fetch_wait import FetchWait
from streams.plumbing.kafka_problems import missing_topic, no_answer, refusal
from streams.plumbing.kafka_security import in_use, watch_brokers

POLL_MS = 200
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 2.0

Positions = Mapping[TopicPartition, int]


class Batch(Struct, frozen=True):
    """Records in the order of their partitions, and how far the reading has come with them.

    `whole` is true once everything was handed out that existed when the reading began. `problem` is one
    line that says why nothing can be read now; after it all topics are read again from the beginning.
    """

    records: Sequence[Any] = ()
    whole: bool = False
    positions: Positions = {}
    lags: Positions = {}  # records between the position and the end that the broker last reported
    problem: str = ""


class MissingTopicError(Exception):
    """A topic does not exist; the message is its name."""


async def follow(
    bootstrap: str, topics: Sequence[str], since: Callable[[], int] | None = None
) -> AsyncGenerator[Batch, None]:
    """Read for ever; an outage of Kafka yields batches with a `problem`, and is then recovered from.

    `since`: asked at each beginning; the first record is the first that was written at or after that time (ms).
    """
    pauses = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
    while True:
        try:
            async with reader(bootstrap) as consumer:
                partitions = await partitions_of(bootstrap, topics)
                async for batch in _read(consumer, partitions, since() if since else None):
                    pauses.reset()
                    yield batch
        except MissingTopicError as error:
            problem = missing_topic(str(error))
        except (KafkaConnectionError, OSError):
            problem = no_answer(bootstrap)
        except KafkaError as error:
            problem = refusal(bootstrap, error)
        else:
            raise AssertionError("`_read` returned, although it reads for ever")
        yield Batch(problem=problem)
        await asyncio.sleep(pauses.pause_s())


@asynccontextmanager
async def reader(
    bootstrap: str, *, committed: bool = True, fetch_wait_ms: int = POLL_MS
) -> AsyncIterator[Any]:
    """A started consumer that belongs to no group and never resets its position by itself."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        **in_use().for_aiokafka(),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed" if committed else "read_uncommitted",
        # A reset by aiokafka races with `seek`: the position was silently set to the end.
        auto_offset_reset="none",
        fetch_max_wait_ms=fetch_wait_ms,  # how long the broker waits when there are no records
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def begin(
    consumer: Any, partitions: Iterable[TopicPartition], since: int | None = None
) -> None:
    """Assign and seek to the first record, without an await in between: see `auto_offset_reset` above.

    `since`: to the first that was written at or after that time, or to the end where there is none.
    """
    wanted = list(partitions)
    starts = await consumer.beginning_offsets(wanted)
    if since is not None:
        ends = await consumer.end_offsets(wanted)  # asked first: what is written meanwhile is read
        found = await consumer.offsets_for_times(dict.fromkeys(wanted, since))
        starts = {tp: each.offset if (each := found[tp]) else ends[tp] for tp in wanted}
    consumer.assign(wanted)
    for partition in wanted:
        consumer.seek(partition, starts[partition])


async def partitions_of(bootstrap: str, topics: Sequence[str]) -> list[TopicPartition]:
    """All partitions of all topics; MissingTopicError for the first that is missing."""
    found = await described(bootstrap, topics)
    for topic in topics:
        if not found.get(topic):
            raise MissingTopicError(topic)
    return [TopicPartition(topic, each["partition"]) for topic in topics for each in found[topic]]


async def described(bootstrap: str, topics: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What the brokers say of each partition (`partition`, `replicas`, `isr`), by topic; nothing of one that is missing or unseen."""
    # Not by the admin client of the library: that lets a broker make the topics that it is asked for, where this is its setting.
    asked = MetadataRequest(list(topics), allow_auto_topic_creation=False)
    client = AIOKafkaClient(bootstrap_servers=bootstrap, **in_use().for_aiokafka())
    try:
        await client.bootstrap()
        answer = (await client.send(client.get_random_node(), asked)).to_object()
    finally:
        await client.close()
    watch_brokers((each["host"], each["port"]) for each in answer["brokers"])
    return {
        each["topic"]: each["partitions"]
        for each in answer["topics"]
        if each["partitions"] and not for_code(each["error_code"]).errno
    }


async def _read(
    consumer: Any, partitions: Sequence[TopicPartition], since: int | None
) -> AsyncGenerator[Batch, None]:
    ends: Positions = await consumer.end_offsets(partitions)
    await begin(consumer, partitions, since)
    whole = False
    wait = FetchWait(POLL_MS)
    while True:
        fetched = await consumer.getmany(timeout_ms=wait.wait_ms)
        wait.took(consumer, sum(map(len, fetched.values())))
        positions = {tp: await consumer.position(tp) for tp in partitions}
        whole = whole or reached(positions, ends)
        yield Batch(
            [record for records in fetched.values() for record in records],
            whole,
            positions,
            {tp: max(0, (consumer.highwater(tp) or at) - at) for tp, at in positions.items()},
        )


def reached(positions: Positions, ends: Positions) -> bool:
    """Whether everything before `ends` was read."""
    return all(positions[partition] >= end for partition, end in ends.items())
