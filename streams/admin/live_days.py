"""Topic `state` read for the day counts of all queues, without a worker."""

from streams.admin.broker import consumer, partitions_of
from streams.core.live_days import PartitionDays

_POLL_MS = 500


def read_live_days(bootstrap: str, topic: str) -> list[PartitionDays]:
    """By partition, as of the newest checkpoint that was committed before the call."""
    with consumer(bootstrap) as client:
        partitions = partitions_of(client, topic)
        client.assign(partitions)
        ends = client.end_offsets(partitions)
        client.seek_to_beginning(*partitions)
        found = {partition: PartitionDays() for partition in partitions}
        # Positions, not offsets of records: the last offsets may be markers of transactions.
        while any(client.position(partition) < ends[partition] for partition in partitions):
            for partition, batch in client.poll(timeout_ms=_POLL_MS).items():
                for record in batch:
                    found[partition].load(record.key, record.value)
        return [found[partition] for partition in partitions]
