"""A storm of calls on one queue makes one large piece of state: the worker must be able to write it."""

import asyncio
import os

from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.core.unit import Checkpoint
from streams.local.kafka import LocalKafka
from streams.wiring.options import StreamOptions
from streams.wiring.transactions import CheckpointWriter
from tests.support.names import unique

LARGE = os.urandom(3_000_000)  # Kafka takes 1 MiB unless a topic says otherwise


def test_a_piece_of_three_megabytes_is_written_and_read_back(kafka: LocalKafka) -> None:
    options = StreamOptions(kafka.place.bootstrap, unique("piece") + ".")
    create_topics(options.bootstrap, options.namespace, 1_790_000_000_000, 1)
    asyncio.run(_write(options, Checkpoint([(b"large", LARGE), (b"small", b"x")], [])))
    found = read_whole(options.bootstrap, options.topic("state"), settled=True)
    assert {record.key: record.value for record in found} == {b"large": LARGE, b"small": b"x"}


async def _write(options: StreamOptions, checkpoint: Checkpoint) -> None:
    writer = CheckpointWriter(options, "calls", 0)
    await writer.open()
    try:
        assert await writer.write(checkpoint) == 2
    finally:
        await writer.close()
