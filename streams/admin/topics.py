"""Creates the topics of the table in schemas.topics, and checks them against it."""

import time
from contextlib import suppress
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Struct

from schemas.codec import encode
from schemas.groups import archive_group, stream_group
from schemas.millis import MINUTE
from schemas.targets import TopicsEpoch
from schemas.topics import (
    DEFAULT_PARTITIONS,
    EPOCH_KEY,
    EPOCHS_BEGIN,
    TOPICS,
    Topic,
    topic_name,
)
from streams.admin.broker import AdminError, admin_client, read_whole, write
from streams.admin.topic_table import (
    ENOUGH_COPIES,
    PARTITIONED_AS,
    TopicFact,
    all_mistakes,
    newest_epoch,
    topic_configs,
)

_COORDINATOR_WITHIN_S = 30.0


class Created(Struct, frozen=True):
    """The topics that were created, by their names on the broker, and the present epoch."""

    topics: tuple[str, ...]
    epoch: int


def next_epoch(now: int, former: int | None) -> int:
    """Minutes since 2026-01-01 UTC, but always more than the former epoch, even if the clock went back."""
    minutes = (now - EPOCHS_BEGIN) // MINUTE
    return max(minutes, 1 if former is None else former + 1)


def _mistakes(client: Any, bootstrap: str, namespace: str) -> list[str]:
    facts = _facts(client, namespace)
    epoch = read_epoch(bootstrap, namespace) if topic_name("targets", namespace) in facts else None
    return all_mistakes(facts, namespace, None if epoch is None else epoch.partitions)


def create_topics(
    bootstrap: str,
    namespace: str,
    now: int,
    partitions: int | None = None,
    replication: int | None = None,
) -> Created:
    """Create the missing topics, and raise the epoch if there were any; AdminError for a wrong topic.

    Without `replication` each record has a copy on each broker, three at most.

    The order is `targets`, then the epoch, then the others. After a crash in between, the epoch is only
    raised once more. A new topic `calls` under the old epoch would give versions that do not rise.
    """
    with admin_client(bootstrap) as client:
        facts = _facts(client, namespace)
        common = facts.get(topic_name(PARTITIONED_AS, namespace))
        count = partitions or (common.partitions if common else DEFAULT_PARTITIONS)
        copies = _copies(client, replication)
        missing = [t for t in TOPICS if topic_name(t.name, namespace) not in facts]
        targets = [t for t in missing if t.name == "targets"]
        others = [t for t in missing if t.name != "targets"]
        _create(client, targets, namespace, count, copies)
        epoch = _settle_epoch(bootstrap, namespace, now, count, others)
        _create(client, others, namespace, count, copies)
        _touch_groups(client, namespace)
        if found := _mistakes(client, bootstrap, namespace):
            raise AdminError(found[0])
        if common and partitions and common.partitions != partitions:
            raise AdminError(
                f"the topics have {common.partitions} partitions already, not {partitions}:"
                f" `queuewatch topics grow --partitions {partitions}`, if more are wanted"
            )
    return Created(tuple(topic_name(t.name, namespace) for t in missing), epoch)


def read_epoch(bootstrap: str, namespace: str) -> TopicsEpoch | None:
    """The newest epoch in topic `targets`; None before the first."""
    return newest_epoch(read_whole(bootstrap, topic_name("targets", namespace)))


def _settle_epoch(
    bootstrap: str, namespace: str, now: int, partitions: int, missing: list[Topic]
) -> int:
    """The present epoch; a new one if topics but `targets` are missing."""
    former = read_epoch(bootstrap, namespace)
    if former is not None and not missing:
        return former.epoch
    gone = {topic.name for topic in missing}
    kept = {} if former is None else former.counted_from
    epoch = TopicsEpoch(
        next_epoch(now, former.epoch if former else None),
        now,
        partitions,
        {name: offsets for name, offsets in kept.items() if name not in gone},
    )
    write(bootstrap, topic_name("targets", namespace), EPOCH_KEY, encode(epoch))
    return epoch.epoch


def _create(
    client: Any, topics: list[Topic], namespace: str, partitions: int, replication: int
) -> None:
    if not topics:
        return
    wanted = {
        topic_name(topic.name, namespace): {
            "num_partitions": topic.partitions or partitions,
            "replication_factor": replication,
            "configs": topic_configs(topic, replication),
        }
        for topic in topics
    }
    with suppress(TopicAlreadyExistsError):  # another process created them at the same moment
        client.create_topics(wanted)
    client.wait_for_topics(list(wanted), timeout_ms=30_000)


def _copies(client: Any, replication: int | None) -> int:
    brokers = brokers_of(client)
    if replication is not None and replication > brokers:
        raise AdminError(
            f"{replication} copies need as many brokers, and the cluster has {brokers}:"
            " start the others, or leave --replication away"
        )
    return replication or min(brokers, ENOUGH_COPIES)


def brokers_of(client: Any) -> int:
    """How many brokers there are; one that is away now is counted, too."""
    return len(client.describe_cluster()["brokers"])


def _facts(client: Any, namespace: str) -> dict[str, TopicFact]:
    return read_facts(client, [topic_name(topic.name, namespace) for topic in TOPICS])


def read_facts(client: Any, names: list[str]) -> dict[str, TopicFact]:
    """Of those topics that there are, and that this user may see."""
    described = {
        entry["name"]: entry["partitions"]
        for entry in client.describe_topics(names)
        if not for_code(entry["error_code"]).errno
    }
    if not described:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    configs = client.describe_configs(resources, config_filter="all")["topic"]
    return {
        name: TopicFact(
            len(partitions),
            {key: entry["value"] for key, entry in configs[name].items()},
            copies=min(len(each["replica_nodes"]) for each in partitions),
            in_sync=min(len(each["isr_nodes"]) for each in partitions),
        )
        for name, partitions in described.items()
    }


def _touch_groups(client: Any, namespace: str) -> None:
    """Wait until the broker serves groups: a new one creates its offsets topic at the first request."""
    deadline = time.monotonic() + _COORDINATOR_WITHIN_S
    while True:
        try:
            client.list_group_offsets([stream_group(namespace), archive_group(namespace)])
            return
        except KafkaError as error:
            if time.monotonic() > deadline or not getattr(error, "retriable", False):
                raise
            time.sleep(0.1)
