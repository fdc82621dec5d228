"""How long a line stood still: how long sources waited, and what they had told."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    """Seconds. A source waits for `accepted`; an accepted event of a call waits for `written` and `shown`."""

    what: str
    lasted: float
    accepted: float
    written: float
    shown: float

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.lasted:.0f} s; longest pause between accepted events {self.accepted:.1f} s;"
            f" an accepted event was in a checkpoint after {self.written:.1f} s at most,"
            f" in a snapshot after {self.shown:.1f} s at most"
        )


def pauses(system: System, accepted_at: Iterable[int], what: str, since: int, to: int) -> Pauses:
    """Between two times of the wall clock, ms."""
    marks = [since, *(at for at in accepted_at if since < at < to), to]
    told = {
        partition: [at for at in times if since <= at <= to]
        for partition, times in _times(system, "calls").items()
    }
    return Pauses(
        what=what,
        lasted=(to - since) / 1000,
        accepted=max(then - at for at, then in pairwise(marks)) / 1000,
        written=_longest_wait_s(told, _times(system, "state", b"calls|"), to),
        shown=_longest_wait_s(told, _times(system, "snapshots"), to),
    )


def _longest_wait_s(
    told: Mapping[int, Sequence[int]], answered: Mapping[int, Sequence[int]], to: int
) -> float:
    """From a record of a partition to the next answer of its unit; a unit that is told nothing owes none."""
    longest = 0
    for partition, times in told.items():
        answers = [*answered.get(partition, ()), to]
        longest = max([longest, *(answers[bisect_left(answers, at)] - at for at in times)])
    return longest / 1000


def _times(system: System, topic: str, key: bytes = b"") -> dict[int, list[int]]:
    """When the records of each partition were written whose key begins so, in order."""
    times: dict[int, list[int]] = defaultdict(list)
    with consumer(system.bootstrap) as client:
        for tp, record in walk(client, partitions_of(client, topic_name(topic, system.namespace))):
            if (record.key or b"").startswith(key):
                times[tp.partition].append(record.timestamp)
    return {partition: sorted(each) for partition, each in times.items()}
