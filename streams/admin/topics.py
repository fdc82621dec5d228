"""Creates the topics of the table in schemas.topics, and checks them against it."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Struct

from schemas.codec import LARGEST_OWN_RECORD, decode_as, encode
from schemas.groups import archive_group, stream_group
from schemas.millis import DAY, HOUR, MINUTE
from schemas.targets import TopicsEpoch
from schemas.timing import COMPACTED_AFTER_MS, SEGMENT_MS
from schemas.topics import (
    DEFAULT_PARTITIONS,
    EPOCH_KEY,
    EPOCHS_BEGIN,
    TOPICS,
    Topic,
    topic_name,
)
from streams.admin.broker import AdminError, admin_client, read_whole, write
from streams.plumbing.kafka_problems import missing_topic, more_than_state

LARGEST_RECORD = 1024 * 1024
# The legs of one queue and minute are one piece: 5,000 legs in a minute are over 1 MiB. A worker whose
# checkpoint the broker refuses would end and start again for ever. All targets are one record: those of 700 queues
# with every rule are over 1 MiB.
LARGEST_PIECE = LARGEST_OWN_RECORD
_LARGE = frozenset({"state", "targets"})
_COORDINATOR_WITHIN_S = 30.0
ENOUGH_COPIES = 3  # one broker may be away for its restart, and another one may die meanwhile
_PARTITIONED_AS = "calls"  # topics without a partition count of their own have that of this topic


class TopicFact(Struct, frozen=True):
    """The partitions and settings of one topic, as the broker reports them.

    `configs` are empty where this user may not see them. `copies` and `in_sync` are those of its partition that has the fewest.
    """

    partitions: int
    configs: Mapping[str, str]
    copies: int = 1
    in_sync: int = 1


class Created(Struct, frozen=True):
    """The topics that were created, by their names on the broker, and the present epoch."""

    topics: tuple[str, ...]
    epoch: int


def topic_configs(topic: Topic, replication: int = 1) -> dict[str, str]:
    """The settings of a topic on the broker, among them all that `check_topics` compares."""
    configs = {
        "cleanup.policy": topic.cleanup,
        "message.timestamp.type": "LogAppendTime" if topic.log_append_time else "CreateTime",
        "min.insync.replicas": str(least_in_sync(replication)),
        "max.message.bytes": str(LARGEST_PIECE if topic.name in _LARGE else LARGEST_RECORD),
    }
    if "delete" in topic.cleanup:
        configs["retention.ms"] = str(-1 if topic.retention_ms is None else topic.retention_ms)
    if "compact" in topic.cleanup:
        # Only closed segments are compacted. With the defaults, a reader would read a week of old versions.
        configs |= {
            "segment.ms": str(SEGMENT_MS),
            "segment.bytes": str(64 * 1024 * 1024),
            "min.cleanable.dirty.ratio": "0.2",
            "max.compaction.lag.ms": str(COMPACTED_AFTER_MS),
            "delete.retention.ms": str(HOUR),
        }
    elif topic.retention_ms is not None:
        configs["segment.ms"] = str(DAY)  # expiry removes whole segments
    return configs


def least_in_sync(replication: int) -> int:
    """How many copies a record must have to be accepted, so that one broker may be away."""
    return 2 if replication >= ENOUGH_COPIES else 1


def next_epoch(now: int, former: int | None) -> int:
    """Minutes since 2026-01-01 UTC, but always more than the former epoch, even if the clock went back."""
    minutes = (now - EPOCHS_BEGIN) // MINUTE
    return max(minutes, 1 if former is None else former + 1)


def mistakes(facts: Mapping[str, TopicFact], namespace: str) -> list[str]:
    """Every difference between the broker and the table, one line each; empty when all is well."""
    found: list[str] = []
    common = facts.get(topic_name(_PARTITIONED_AS, namespace))
    for topic in TOPICS:
        name = topic_name(topic.name, namespace)
        fact = facts.get(name)
        if fact is None:
            found.append(missing_topic(name))
            continue
        wanted = topic.partitions or (common.partitions if common else fact.partitions)
        if fact.partitions != wanted:
            reason = "" if topic.partitions else f", as many as {_PARTITIONED_AS}"
            found.append(
                f"topic {name} has {fact.partitions} partitions, expected {wanted}{reason}:"
                " delete it and run `queuewatch topics create`"
            )
        if not fact.configs:
            found.append(
                f"topic {name}: this user may not see its settings (describe_configs):"
                " `queuewatch topics acl`"
            )
            continue
        for key in ("cleanup.policy", "message.timestamp.type", "retention.ms"):
            expected = topic_configs(topic).get(key)
            actual = fact.configs.get(key, "")
            if expected is not None and _values(actual) != _values(expected):
                found.append(
                    f"topic {name}: {key} is {actual or 'not set'}, expected {expected}:"
                    f" kafka-configs --alter --topic {name} --add-config {key}=[{expected}]"
                )
    return found


def check_topics(bootstrap: str, namespace: str) -> list[str]:
    """The differences between the topics on that broker and the table, one line each."""
    with admin_client(bootstrap) as client:
        return _mistakes(client, bootstrap, namespace)


def _mistakes(client: Any, bootstrap: str, namespace: str) -> list[str]:
    """A move to more partitions that did not end comes first, and alone: topics that differ must not be deleted then."""
    facts = _facts(client, namespace)
    epoch = read_epoch(bootstrap, namespace) if topic_name("targets", namespace) in facts else None
    most = max((fact.partitions for fact in facts.values()), default=0)
    if epoch is not None and epoch.partitions is not None and most > epoch.partitions:
        return [more_than_state(most, epoch.partitions)]
    return mistakes(facts, namespace)


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
        common = facts.get(topic_name(_PARTITIONED_AS, namespace))
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
    newest = None
    for record in read_whole(bootstrap, topic_name("targets", namespace)):
        if record.key == EPOCH_KEY and record.value is not None:
            newest = decode_as(TopicsEpoch, record.value)
    return newest


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


def _values(setting: str) -> frozenset[str]:
    """The parts of a setting: `compact,delete` and `delete,compact` mean the same."""
    return frozenset(setting.split(","))
