"""The floor: aiokafka and a ring of 5-second buckets; nothing is kept: `python loop_peer.py HOSTS TOPIC RESULTS NAME FOLDER MODE`.

No system: no state, no commit, no late events. It only says what reading, decoding and adding cost in Python.
"""

import asyncio
import sys
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

MINUTE, WINDOW_MS, STEP_MS, TARGET_MS = 60_000, 1_800_000, 5_000, 20_000
KINDS = {"queued": 0, "answered": 1, "abandoned": 2}
STEPS = WINDOW_MS // STEP_MS


class Event(msgspec.Struct):
    type: str
    at: int
    queue: str = ""
    leg_id: str = ""


class Ring:
    """The last half hour of a queue in buckets, with their sums."""

    def __init__(self, step: int) -> None:
        self.step = step  # of the newest bucket
        self.buckets = [[0, 0, 0, 0] for _ in range(STEPS)]
        self.sums = [0, 0, 0, 0]
        self.newest = 0

    def move(self, step: int) -> None:
        """Make that step the newest: what is older than half an hour leaves the sums."""
        for each in range(self.step + 1, step + 1):
            old = self.buckets[each % STEPS]
            self.sums = [a - b for a, b in zip(self.sums, old, strict=True)]
            self.buckets[each % STEPS] = [0, 0, 0, 0]
        self.step = max(self.step, step)

    def add(self, event: Event) -> None:
        self.move(event.at // STEP_MS)
        self.newest = event.at
        bucket, place = self.buckets[self.step % STEPS], KINDS[event.type]
        bucket[place] += 1
        self.sums[place] += 1
        if place == 1 and event.at - int(event.leg_id.partition(".")[0]) <= TARGET_MS:
            bucket[3] += 1
            self.sums[3] += 1


class Loop:
    def __init__(self, producer: Any, results: str, live: bool) -> None:
        self.producer, self.results, self.live = producer, results, live
        self.rings: dict[int, dict[str, Ring]] = {}  # by partition
        self.minutes: dict[int, int] = {}  # the next one to tell
        self.decode = msgspec.json.Decoder(Event).decode

    async def record(self, partition: int, value: bytes) -> None:
        event = self.decode(value)
        rings = self.rings.setdefault(partition, {})
        if not self.live:
            next_minute = self.minutes.setdefault(partition, (event.at // MINUTE + 1) * MINUTE)
            while event.at >= next_minute:
                for queue, ring in rings.items():
                    ring.move(next_minute // STEP_MS - 1)
                    await self.tell(queue, next_minute, ring)
                next_minute += MINUTE
            self.minutes[partition] = next_minute
        if event.type not in KINDS:
            return
        ring = rings.get(event.queue) or rings.setdefault(event.queue, Ring(event.at // STEP_MS))
        ring.add(event)
        if self.live:
            await self.tell(event.queue, (ring.step + 1) * STEP_MS, ring)

    async def tell(self, queue: str, end: int, ring: Ring) -> None:
        told = {"queue": queue, "at": end, "counts": ring.sums, "newest": ring.newest}
        await self.producer.send(self.results, msgspec.json.encode(told), queue.encode())


async def main(hosts: str, topic: str, results: str, name: str, folder: str, mode: str) -> None:
    live = mode == "live"
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=hosts, group_id=name, enable_auto_commit=False,
        auto_offset_reset="earliest",
    )  # fmt: skip
    producer = AIOKafkaProducer(bootstrap_servers=hosts, linger_ms=1)
    await consumer.start()
    await producer.start()
    loop, said_first = Loop(producer, results, live), False
    while True:
        polled = await consumer.getmany(timeout_ms=200, max_records=2_000)
        if polled and not said_first:
            said_first = True
            print("first record", flush=True)
        for place, records in polled.items():
            for record in records:
                await loop.record(place.partition, record.value)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:7]))
