"""A platform of another package, found by its entry point, followed against a real broker and killed."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from schemas.calls import LegEvent
from schemas.codec import decode_as, decode_call
from schemas.health import Health
from schemas.quarantine import Quarantined
from schemas.topics import topic_name
from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka
from tests.support.forked import QUEUEWATCH
from tests.support.names import unique
from tests.support.packages import OURS, offer
from tests.support.sources import ROOT
from tests.support.waiting import wait_until

KILLS = 3
CALLS = 12


class Place:
    """Topics and a folder of a test's own, and the follower that runs there."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap, self.namespace = bootstrap, f"{unique('other')}."
        self.log, self.data = folder / "calls.jsonl", folder / "data"
        self.position = self.data / f"jsonl-legs-{self.namespace}-jsonl-legs%3Acalls.json"
        offer(folder / "packages", "jsonl", jsonl_legs=OURS)
        self._path = os.pathsep.join((str(folder / "packages"), str(ROOT)))
        create_topics(bootstrap, self.namespace, time.time_ns() // 1_000_000, partitions=2)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [QUEUEWATCH, "send", "jsonl-legs", str(self.log), "--follow", "--data", str(self.data),
             "--kafka", self.bootstrap, "--namespace", self.namespace],
            env={**os.environ, "PYTHONPATH": self._path}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self, number: signal.Signals) -> str:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]

    def write(self, call: int, what: str) -> None:
        at = datetime.now(UTC).isoformat()
        line = {"at": at, "call": str(call), "queue": "billing", "what": what}
        with self.log.open("a") as log:
            log.write(json.dumps(line) + "\n")

    def values(self, topic: str) -> list[bytes]:
        records = read_whole(self.bootstrap, topic_name(topic, self.namespace))
        return [record.value for record in records if record.value]

    def told(self) -> set[str]:
        """Ids of the events of legs; ids that come twice count once, as in the stream."""
        events = map(decode_call, self.values("calls"))
        return {event.event_id for event in events if isinstance(event, LegEvent)}


@pytest.fixture
def place(kafka: LocalKafka, tmp_path: Path) -> Iterator[Place]:
    found = Place(kafka.place.bootstrap, tmp_path)
    yield found
    if found.process is not None:
        found.process.kill()
        found.process.communicate()
    client = KafkaAdminClient(bootstrap_servers=found.bootstrap)
    mine = [topic for topic in client.list_topics() if topic.startswith(found.namespace)]
    client.delete_topics(mine)
    client.close()


def test_killed_again_and_again_it_tells_every_line(place: Place) -> None:
    place.write(0, "queued")
    place.start()
    for kill in range(KILLS):
        wait_until(place.position.exists, "a position is noted", every_s=0.2)
        for call in range(1 + kill * CALLS, 1 + (kill + 1) * CALLS):
            place.write(call, "queued")
            place.write(call, "abandoned" if call % 2 else "lost")
        if kill % 2:
            wait_until(lambda k=kill: len(place.told()) > k * CALLS, "it reads", every_s=0.3)  # type: ignore[misc]
        place.end(signal.SIGKILL)
        place.start()
    calls = KILLS * CALLS
    wait_until(lambda: len(place.told()) == 1 + calls * 3 // 2, "all is told", every_s=0.3)
    wait_until(lambda: {_place(each) for each in place.values("quarantine")} == lost(place),
               "each refused line is set aside once by its place", every_s=0.3)  # fmt: skip
    health = decode_as(Health, place.values("health")[-1])
    assert (health.process, health.instance) == ("jsonl-legs", "jsonl-legs:calls")
    said = place.end(signal.SIGTERM)
    assert place.process is not None
    assert place.process.returncode == 0
    assert "lines read" in said
    kept = json.loads(place.position.read_text())["kept"]
    assert kept["places"][0]["offset"] == place.log.stat().st_size


def _place(value: bytes) -> int:
    return decode_as(Quarantined, value).position


def lost(place: Place) -> set[int]:
    """Where the lines stand that say a word which the platform does not know."""
    found, offset = set(), 0
    for line in place.log.read_bytes().splitlines(keepends=True):
        if b'"lost"' in line:
            found.add(offset)
        offset += len(line)
    return found
