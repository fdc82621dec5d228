"""`send queue-log --follow` against a real broker: killed again and again while a log is written and rotated."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient

from producers.asterisk.legs import QueueLeg
from producers.asterisk.translator import Translator
from producers.caller_key import caller_key
from producers.event_order import in_order
from schemas.agents import AgentState
from schemas.calls import EndOfInput, LegFact, Queued, Restarted
from schemas.codec import decode_agent, decode_as, decode_call
from schemas.health import Health
from schemas.privacy import caller_token
from schemas.topics import topic_name
from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka
from streams.sinks.clickhouse.driver import ServerDatabase
from tests.integration.archive.databases import opened
from tests.support.builders import targets
from tests.support.forked import QUEUEWATCH
from tests.support.names import unique
from tests.support.queue_log import QUEUES, queue_log
from tests.support.services import ClickHouse
from tests.support.story import Story
from tests.support.waiting import wait_until

LINES_AT_ONCE = 25
KILLS = 4


class Place:
    """Topics and a folder of a test's own, and the follower that runs there."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap, self.namespace = bootstrap, f"{unique('follow')}."
        self.log, self.data = folder / "asterisk" / "queue_log", folder / "data"
        self.said = folder / "said"
        self.log.parent.mkdir()
        create_topics(bootstrap, self.namespace, time.time_ns() // 1_000_000, partitions=2)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        where = ["--kafka", self.bootstrap, "--namespace", self.namespace, "--data", str(self.data)]
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(
                [QUEUEWATCH, "send", "queue-log", str(self.log), "--follow", *where],
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(60)

    def write(self, lines: list[str]) -> None:
        with self.log.open("a") as log:
            log.writelines(line + "\n" for line in lines)

    def rotate(self) -> None:
        for number in range(sum(1 for _ in self.log.parent.iterdir()) - 1, 0, -1):
            self.log.with_name(f"queue_log.{number}").rename(
                self.log.with_name(f"queue_log.{number + 1}")
            )
        self.log.rename(self.log.with_name("queue_log.1"))

    def records(self, topic: str) -> list[bytes]:
        records = read_whole(self.bootstrap, topic_name(topic, self.namespace))
        return [record.value for record in records if record.value]

    def count(self, word: bytes) -> int:
        """Different records of `calls` with this in them."""
        return len({value for value in self.records("calls") if word in value})

    def goes_on(self) -> None:
        seen = self.count(b'"queued"')
        wait_until(lambda: self.count(b'"queued"') > seen, "it goes on", every_s=0.3)

    def health(self) -> Health | None:
        reports = [decode_as(Health, value) for value in self.records("health")]
        return reports[-1] if reports else None


@pytest.fixture
def place(kafka: LocalKafka, tmp_path: Path) -> Iterator[Place]:
    found = Place(kafka.place.bootstrap, tmp_path)
    yield found
    if found._process is not None:
        found._process.kill()
        found._process.wait()
    client = KafkaAdminClient(bootstrap_servers=found.bootstrap)
    mine = [topic for topic in client.list_topics() if topic.startswith(found.namespace)]
    client.delete_topics(mine)
    client.close()


def test_killed_while_the_log_is_written_and_rotated(place: Place) -> None:
    rng = random.Random(4)
    start = int(time.time()) - 1_000
    lines = queue_log(6, 150, start, 900)
    written = 0
    kills = sorted(rng.sample(range(1, len(lines) // LINES_AT_ONCE), KILLS))
    place.start()  # before there is a log
    for turn in range(len(lines) // LINES_AT_ONCE + 1):
        place.write(lines[written : written + LINES_AT_ONCE])
        written = min(len(lines), written + LINES_AT_ONCE)
        if turn in kills:
            if rng.random() < 0.5:  # somewhere in what it reads now, or while it starts
                place.goes_on()
            place.end()
            if rng.random() < 0.7:
                place.rotate()
            place.start()
    last = f"{start + 990}|{start + 990}.999|sales|NONE|ENTERQUEUE||5550000|1"
    place.write([last])
    wait_until(
        lambda: place.count(f"{start + 990}.999/sales".encode()) == 1, "all was read", every_s=0.3
    )
    wait_until(lambda: (h := place.health()) is not None and h.ready, "it reports to be ready")
    health = place.health()
    assert health is not None
    assert (health.process, health.totals["unread_bytes"]) == ("queue-log", 0)
    assert 0 < health.ages_s["last_line"] < 10_000
    assert place.end(signal.SIGTERM) == 0
    sent = [decode_call(value) for value in place.records("calls")]
    assert {type(event).__name__ for event in sent} >= {"Queued", "Tick", "Restarted"}
    assert not any(isinstance(event, EndOfInput) for event in sent), "it goes on another day"
    expected, states = finished([*lines, last], place)
    assert counted(sent) == counted(expected)
    told = {decode_agent(value) for value in place.records("agents")}
    assert {event.event_id for event in told} == {state.event_id for state in states}


def test_the_key_of_the_tokens_is_changed_while_a_log_is_followed(
    place: Place, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    start = int(time.time()) - 5

    def called(number: int) -> None:
        at = int(time.time())
        place.write([f"{at}|{start}.{number}|sales|NONE|ENTERQUEUE||5550001|1"])

    def callers() -> dict[str, str]:
        events = [decode_call(value) for value in place.records("calls")]
        return {event.leg_id: event.caller for event in events if isinstance(event, Queued)}

    place.start()
    called(1)
    wait_until(lambda: len(callers()) == 1, "the first call was sent", every_s=0.3)
    former = caller_key(place.data)
    with opened("server", tmp_path, clickhouse_server) as database:
        assert isinstance(database, ServerDatabase)
        where = [
            "--kafka",
            place.bootstrap,
            "--namespace",
            place.namespace,
            "--data",
            str(place.data),
        ]
        rotate = [QUEUEWATCH, "callers", "rotate", "--joinable", "7d", "--yes", *where]
        rotate += ["--clickhouse", repr(database._address)]

        def run() -> subprocess.CompletedProcess[str]:
            return subprocess.run(rotate, capture_output=True, text=True, check=False, timeout=240)

        refused = run()
        assert refused.returncode == 1, refused
        assert "still running, and would go on with the former key: queue-log (" in refused.stderr
        assert caller_key(place.data) == former
        assert place.end(signal.SIGTERM) == 0
        called(2)  # while nobody follows: it is of the former key
        time_of_second = time.time()
        wait_until(lambda: time.time() > time_of_second + 1, "the next second")
        done = run()
        assert done.returncode == 0, done
    present = caller_key(place.data)
    assert present.former == former
    # The log knows seconds: a call of the second of the change is one of before.
    wait_until(lambda: time.time() * 1000 > present.since + 1000, "the second after the change")
    called(3)
    place.start()
    wait_until(lambda: len(callers()) == 3, "all calls were sent", every_s=0.3)
    found = [token for _, token in sorted(callers().items())]
    before, after = (caller_token(key, "5550001") for key in (former, present))
    assert found == [before, before, after]


def finished(lines: list[str], place: Place) -> tuple[list[Any], list[AgentState]]:
    """What the same log tells when it is read in one go."""
    translator = Translator("asterisk", caller_key(place.data))
    now = time.time_ns() // 1_000_000
    told = [item for line in lines for item in translator.read(line, now)]
    events: list[Any] = []
    for item in [*told, *translator.still_open()]:
        events += item.events("asterisk") if isinstance(item, QueueLeg) else [item]
    facts = [event for event in events if isinstance(event, LegFact | Restarted)]
    return list(in_order(facts)), [event for event in events if isinstance(event, AgentState)]


def counted(events: list[Any]) -> dict[str, tuple[Any, ...]]:
    """The legs that the stream makes of them, marks of a partition before those of the next."""
    day = Story(configured=False)
    day.publish(*(targets(queue) for queue in QUEUES))
    newest = max(event.at for event in events)
    for event in events:
        day.say(event, appended_at=newest)
    return {
        row.leg_id: (row.outcome, row.reason, row.arrived_at, row.answered_at, row.left_at,
                     row.ended_at, row.wait_ms, row.agent, row.caller, row.missed_offers)
        for queue in (*QUEUES, "other") for row in day.legs(queue).values()
    }  # fmt: skip
