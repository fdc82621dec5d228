"""Reads whole topics to a known end, committed records only, without a consumer group."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition

from streams.plumbing.fetch_wait import FetchWait
from streams.plumbing.topic_reading import MissingTopicError, begin, partitions_of, reader

POLL_MS = 100
TAIL_IDLE_MS = (
    5_000  # its partitions are assigned and sought once, so a fetch that waits long delays nothing
)
TAIL_POLL_MS = 5_000  # records end a turn at once; this is how long one without any lasts
CAUGHT_UP_EVERY_S = 0.02  # asked while a recovery waits for it
FETCH_WAIT_MS = 50  # how long a broker waits for new records; recovery needs only those that exist
KNOWN_WITHIN_S, ASK_AGAIN_S = 30.0, 0.2
SLICE = 5_000  # records taken before other tasks of the event loop get their turn


async def log_ends(
    bootstrap: str, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, int]:
    """The ends of the logs, including records of open transactions.

    The last stable offset would not do: two producers write to one partition of `state`, and while one
    has a transaction open, records that the other has committed lie after that offset.
    """
    async with reader(bootstrap, committed=False, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(list(partitions))
        return ends


async def read_until(
    consumer: Any,
    ends: Mapping[TopicPartition, int],
    take: Callable[[Any], None],
    given_up: Callable[[], bool],
) -> bool:
    """Hand every record to `take` until all positions reach `ends`; False if `given_up()` before.

    Compares positions, not offsets of records, because markers of transactions occupy offsets too.
    """
    begun = [partition for partition in ends if ends[partition] > 0]
    while not given_up():
        if not [
            partition for partition in begun if await consumer.position(partition) < ends[partition]
        ]:
            return True
        for records in (await consumer.getmany(timeout_ms=POLL_MS, max_records=SLICE)).values():
            for record in records:
                take(record)
        await asyncio.sleep(0)
    return False


class TopicTail:
    """Every committed record of a topic, from its first one on, for ever."""

    def __init__(self, bootstrap: str, topic: str, take: Callable[[Any], None]) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._take = take
        self._consumer: Any = None  # once it has begun
        self._partitions: list[TopicPartition] = []
        self._begun = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled. An error of Kafka that aiokafka does not retry ends the worker."""
        async with reader(self._bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
            self._partitions = await topic_partitions(self._bootstrap, self._topic)
            await begin(consumer, self._partitions)
            self._consumer = consumer
            self._begun.set()
            wait = FetchWait(FETCH_WAIT_MS, TAIL_IDLE_MS)
            while True:
                fetched = await consumer.getmany(timeout_ms=TAIL_POLL_MS, max_records=SLICE)
                wait.took(consumer, sum(map(len, fetched.values())))
                for records in fetched.values():
                    for record in records:
                        self._take(record)
                await asyncio.sleep(0)

    async def caught_up(self) -> None:
        """Return when everything that was committed before this call has been taken.

        A turn of `run` takes its records before any other task sees the position behind them. Markers of transactions
        move the position without ending a turn, so it is asked for, not told by `run`.
        """
        await self._begun.wait()
        async with reader(self._bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
            ends = await consumer.end_offsets(self._partitions)
        while [each for each in ends if await self._consumer.position(each) < ends[each]]:
            await asyncio.sleep(CAUGHT_UP_EVERY_S)


async def topic_partitions(bootstrap: str, topic: str) -> list[TopicPartition]:
    """Ask until the topic is known: a new topic may not be known to every broker yet. TimeoutError after `KNOWN_WITHIN_S`."""
    async with asyncio.timeout(KNOWN_WITHIN_S):
        while True:
            try:
                return await partitions_of(bootstrap, [topic])
            except MissingTopicError:
                await asyncio.sleep(ASK_AGAIN_S)
