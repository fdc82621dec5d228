"""How long a line stood still: the longest time between two records of one partition."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from kafka.admin import ConfigResource, ConfigResourceType
from msgspec import Struct

from schemas.millis import DAY
from schemas.topics import topic_name
from streams.admin.broker import admin_client, consumer, partitions_of, walk
from tests.chaos.system import System

_TOPICS = ("state", "snapshots")


def keep_every_record(system: System) -> None:
    """Compaction takes records away five minutes after they were written, which would look like a pause."""
    with admin_client(system.bootstrap) as client:
        client.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC,
                    topic_name(topic, system.namespace),
                    configs={"segment.ms": str(DAY)},
                )
                for topic in _TOPICS
            ]
        )


class Pauses(Struct, frozen=True):
    """Seconds. A source waits for `accepted`, a board stands still for `snapshots`."""

    what: str
    lasted_s: float
    accepted: float
    checkpoints: float
    snapshots: float

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.lasted_s:.0f} s; longest pause of accepted events {self.accepted:.1f} s,"
            f" of checkpoints {self.checkpoints:.1f} s, of snapshots {self.snapshots:.1f} s"
        )


def pauses(system: System, accepted_at: Iterable[int], what: str, since: int, to: int) -> Pauses:
    """Between two times of the wall clock, ms: those of the partition that stood still longest."""
    return Pauses(
        what=what,
        lasted_s=(to - since) / 1000,
        accepted=_longest_s([at for at in accepted_at if since <= at <= to], since, to),
        checkpoints=_of_topic(system, "state", since, to),
        snapshots=_of_topic(system, "snapshots", since, to),
    )


def _of_topic(system: System, topic: str, since: int, to: int) -> float:
    """Partitions of which nothing was ever written have no traffic."""
    times: dict[int, list[int]] = defaultdict(list)
    with consumer(system.bootstrap) as client:
        for tp, record in walk(client, partitions_of(client, topic_name(topic, system.namespace))):
            within = times[tp.partition]
            if since <= record.timestamp <= to:
                within.append(record.timestamp)
    return max(_longest_s(each, since, to) for each in times.values())


def _longest_s(times: Sequence[int], since: int, to: int) -> float:
    marks = [since, *sorted(times), to]
    return max(then - at for at, then in pairwise(marks)) / 1000
