"""The topics of a broker compared with the table, by aiokafka: a worker looks before it begins, and has loaded no other client.

With kafka-python, as `streams.admin.topics` makes topics, it was 9 MB as long as the worker runs.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.targets import TopicsEpoch
from schemas.topics import TOPICS, topic_name
from streams.admin.problem import AdminError
from streams.admin.topic_table import TopicFact, all_mistakes, newest_epoch
from streams.plumbing.kafka_problems import missing_topic, no_answer, refusal
from streams.plumbing.kafka_refusals import why_refused
from streams.plumbing.kafka_security import in_use
from streams.plumbing.topic_reading import (
    MissingTopicError,
    begin,
    described,
    partitions_of,
    reached,
    reader,
)

_WITHIN_S = 20.0
_POLL_MS = 100


def check_topics(bootstrap: str, namespace: str) -> list[str]:
    """The differences between the topics on that broker and the table, one line each; AdminError. Not from within an event loop."""
    try:
        with _unlogged():
            return asyncio.run(_checked(bootstrap, namespace))
    except (KafkaConnectionError, OSError) as error:  # of which TimeoutError is one
        raise AdminError(why_refused(bootstrap) or no_answer(bootstrap)) from error
    except KafkaError as error:
        raise AdminError(refusal(bootstrap, error)) from error
    except MissingTopicError as error:  # deleted after it was seen
        raise AdminError(missing_topic(str(error))) from error


@contextmanager
def _unlogged() -> Iterator[None]:
    """What the client logs of a broker that does not let it in stands in our one line."""
    client = logging.getLogger("aiokafka")
    former = client.level
    client.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        client.setLevel(former)


async def _checked(bootstrap: str, namespace: str) -> list[str]:
    async with asyncio.timeout(_WITHIN_S):
        facts = await seen_facts(bootstrap, [topic_name(each.name, namespace) for each in TOPICS])
        targets = topic_name("targets", namespace)
        epoch = await _epoch(bootstrap, targets) if targets in facts else None
    return all_mistakes(facts, namespace, None if epoch is None else epoch.partitions)


async def seen_facts(bootstrap: str, names: list[str]) -> dict[str, TopicFact]:
    """Of those topics that there are, and that this user may see."""
    # By their names alone: a cluster may have thousands of others.
    topics = await described(bootstrap, names)
    if not topics:
        return {}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **in_use().for_aiokafka())
    try:
        await admin.start()
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
        configs = _settings(await admin.describe_configs(wanted))
    finally:
        await admin.close()
    return {
        name: TopicFact(
            len(partitions),
            configs.get(name, {}),
            copies=min(len(each["replicas"]) for each in partitions),
            in_sync=min(len(each["isr"]) for each in partitions),
        )
        for name, partitions in topics.items()
    }


def _settings(answers: list[Any]) -> dict[str, dict[str, str]]:
    """By topic; without those that this user may not see."""
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for answer in answers
        for _, _, _, name, entries in answer.resources
    }


async def _epoch(bootstrap: str, topic: str) -> TopicsEpoch | None:
    partitions = await partitions_of(bootstrap, [topic])
    records: list[Any] = []
    async with reader(bootstrap, fetch_wait_ms=_POLL_MS) as consumer:
        ends = await consumer.end_offsets(partitions)
        await begin(consumer, partitions)
        while not reached({each: await consumer.position(each) for each in partitions}, ends):
            for found in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                records += found
    return newest_epoch(records)
