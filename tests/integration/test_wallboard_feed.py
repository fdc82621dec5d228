"""The wallboard's reader outlives its broker: it says so, and goes on by itself."""

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from dashboards.wallboard.feed import TOPICS, Feed
from dashboards.wallboard.latest import Latest
from schemas.codec import encode
from streams.local.kafka import spawn
from tests.support.floors import snapshot
from tests.support.services import start_kafka
from tests.support.waiting import wait_until

NOW = 1_795_000_000_000


async def test_a_feed_waits_for_topics_and_outlives_a_restart_of_kafka(tmp_path: Path) -> None:
    broker = await asyncio.to_thread(start_kafka, tmp_path)
    bootstrap = broker.place.bootstrap
    latest = Latest()
    feed = Feed(bootstrap, "", latest)
    reading = asyncio.create_task(feed.run(lambda: None))

    async def becomes(what: str, condition: object) -> None:
        assert callable(condition)
        await asyncio.to_thread(wait_until, condition, what)

    try:
        await becomes("missing topics are named", lambda: "topics create" in feed.problem)
        await _create(bootstrap)
        await becomes("the topics are read", lambda: not feed.problem)
        await _send(bootstrap, waiting=1, version=1)
        await becomes("a snapshot arrives", lambda: "burst-pipes" in latest.snapshots)
        await asyncio.to_thread(broker.stop)
        broker = await asyncio.to_thread(spawn, broker.place)
        await asyncio.to_thread(broker.wait_until_ready)
        await _send(bootstrap, waiting=2, version=2)
        await becomes("the next one too", lambda: latest.snapshots["burst-pipes"].waiting == 2)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await asyncio.to_thread(broker.stop)


async def _create(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1) for name in TOPICS])
    await admin.close()


async def _send(bootstrap: str, waiting: int, version: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        value = encode(snapshot(NOW, waiting=waiting, version=version))
        await producer.send_and_wait("snapshots", value, b"burst-pipes")
    finally:
        await producer.stop()
