"""Reads the day counts of all queues from topic `state`, without a worker."""

from streams.admin.broker import consumer, partitions_of, walk
from streams.core.live_days import PartitionDays


def read_live_days(bootstrap: str, topic: str) -> list[PartitionDays]:
    """The day counts of each partition, as of the newest checkpoint committed before the call."""
    with consumer(bootstrap) as client:
        partitions = partitions_of(client, topic)
        found = {partition: PartitionDays() for partition in partitions}
        for partition, record in walk(client, partitions):
            found[partition].load(record.key, record.value)
        return list(found.values())
