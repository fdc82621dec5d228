"""A platform that says so many events a second, now: `python -m tests.bench.peers.steady HOSTS TOPIC RATE SECONDS QUEUES SEED`.

Half of the events are arrivals, the other half answers of the callers who wait longest. A process of its own, so that
the one that measures does nothing else. Prints `[queue, type, at]` of each event, one a line, at its end, and how far it
was behind its plan at worst.
"""

import json
import random
import sys
import time
from collections import deque
from typing import Any

from kafka import KafkaProducer

from schemas.calls import Answered, LegEvent, Queued, Tick
from schemas.codec import encode
from schemas.topics import DEFAULT_PARTITIONS
from streams.plumbing.partitions import partition_of
from tests.bench.peers.task import SOURCE, queue_name

_SHORTEST_SLEEP_S = 0.002
_TICK_EVERY_S = 1.0


class Sender:
    """Sends to one topic, as all of the benchmark's senders do: by the queue's partition, with `at` as Kafka's timestamp."""

    def __init__(self, hosts: str, topic: str) -> None:
        self._topic = topic
        self._places: dict[str, tuple[bytes, int]] = {}
        self._producer: Any = KafkaProducer(
            bootstrap_servers=hosts, linger_ms=1, batch_size=256 * 1024, acks="all"
        )

    def event(self, event: LegEvent) -> None:
        place = self._places.get(event.queue)
        if place is None:
            key = event.queue.encode()
            place = self._places[event.queue] = key, partition_of(key, DEFAULT_PARTITIONS)
        self._producer.send(
            self._topic, encode(event), place[0], partition=place[1], timestamp_ms=event.at
        )

    def tick(self, at: int) -> None:
        """A mark into every partition: the platform has told everything up to `at`."""
        value = encode(Tick(event_id=f"tick:{at}", at=at, source=SOURCE))
        for partition in range(DEFAULT_PARTITIONS):
            self._producer.send(
                self._topic, value, SOURCE.encode(), partition=partition, timestamp_ms=at
            )

    def flush(self) -> None:
        self._producer.flush()

    def close(self) -> None:
        self._producer.close()


def main(hosts: str, topic: str, rate: float, seconds: float, queues: int, seed: int) -> None:
    sender, lot = Sender(hosts, topic), random.Random(seed)
    waiting: deque[tuple[str, str]] = deque()
    told: list[tuple[str, str, int]] = []
    began, ticked, latest_s = time.perf_counter(), 0.0, 0.0
    for number in range(round(rate * seconds)):
        passed = time.perf_counter() - began
        due = number / rate
        if due - passed > _SHORTEST_SLEEP_S:
            time.sleep(due - passed)
        latest_s = max(latest_s, passed - due)
        now = time.time_ns() // 1_000_000
        if number % 2 and len(waiting) > rate:  # each waits for some two seconds
            queue, leg = waiting.popleft()
            event: LegEvent = Answered(event_id=f"{leg}:e", at=now, source=SOURCE, queue=queue, leg_id=leg)  # fmt: skip
        else:
            queue = queue_name(lot.randrange(queues))
            leg = f"{now}.{seed}-{number}"
            waiting.append((queue, leg))
            event = Queued(event_id=f"{leg}:q", at=now, source=SOURCE, queue=queue, leg_id=leg)
        sender.event(event)
        told.append((queue, event.__struct_config__.tag, now))  # type: ignore[arg-type]  # our tags are texts
        if passed - ticked >= _TICK_EVERY_S:
            ticked = passed
            sender.tick(now)
    sender.flush()
    sender.close()
    print("\n".join(json.dumps(each) for each in told))
    print(json.dumps({"latest_s": latest_s}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))  # fmt: skip
