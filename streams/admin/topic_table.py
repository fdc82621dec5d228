"""The table of schemas.topics as a broker must hold it: settings, and every difference. Pure."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from schemas.codec import LARGEST_OWN_RECORD, decode_as
from schemas.millis import DAY, HOUR
from schemas.targets import TopicsEpoch
from schemas.timing import COMPACTED_AFTER_MS, SEGMENT_MS
from schemas.topics import EPOCH_KEY, TOPICS, Topic, topic_name
from streams.plumbing.kafka_problems import missing_topic, more_than_state

LARGEST_RECORD = 1024 * 1024
# The legs of one queue and minute are one piece: 5,000 legs in a minute are over 1 MiB. A worker whose
# checkpoint the broker refuses would end and start again for ever. All targets are one record: those of 700 queues
# with every rule are over 1 MiB.
LARGEST_PIECE = LARGEST_OWN_RECORD
_LARGE = frozenset({"state", "targets"})
ENOUGH_COPIES = 3  # one broker may be away for its restart, and another one may die meanwhile
PARTITIONED_AS = "calls"  # topics without a partition count of their own have that of this topic


class TopicFact(Struct, frozen=True):
    """The partitions and settings of one topic, as the broker reports them.

    `configs` are empty where this user may not see them. `copies` and `in_sync` are those of its partition that has the fewest.
    """

    partitions: int
    configs: Mapping[str, str]
    copies: int = 1
    in_sync: int = 1


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


def all_mistakes(
    facts: Mapping[str, TopicFact], namespace: str, partitions_of_state: int | None
) -> list[str]:
    """As `mistakes`; a move to more partitions that did not end comes first, and alone: topics that differ must not be deleted then.

    `partitions_of_state`: what the epoch says; None if it says nothing.
    """
    most = max((fact.partitions for fact in facts.values()), default=0)
    if partitions_of_state is not None and most > partitions_of_state:
        return [more_than_state(most, partitions_of_state)]
    return mistakes(facts, namespace)


def mistakes(facts: Mapping[str, TopicFact], namespace: str) -> list[str]:
    """Every difference between the broker and the table, one line each; empty when all is well."""
    found: list[str] = []
    common = facts.get(topic_name(PARTITIONED_AS, namespace))
    for topic in TOPICS:
        name = topic_name(topic.name, namespace)
        fact = facts.get(name)
        if fact is None:
            found.append(missing_topic(name))
            continue
        wanted = topic.partitions or (common.partitions if common else fact.partitions)
        if fact.partitions != wanted:
            reason = "" if topic.partitions else f", as many as {PARTITIONED_AS}"
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


class _Record(Protocol):
    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...


def newest_epoch(targets: Iterable[_Record]) -> TopicsEpoch | None:
    """Of the records of topic `targets`, in their order; None if there is none."""
    newest = None
    for record in targets:
        if record.key == EPOCH_KEY and record.value is not None:
            newest = decode_as(TopicsEpoch, record.value)
    return newest


def _values(setting: str) -> frozenset[str]:
    """The parts of a setting: `compact,delete` and `delete,compact` mean the same."""
    return frozenset(setting.split(","))
