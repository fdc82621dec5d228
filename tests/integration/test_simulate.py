"""`send simulate` against a real broker: stopped and started again, it says what one run would have said."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from producers.simulate.engine import Run, Simulation
from producers.simulate.scenarios import centre_of
from schemas.calls import EndOfInput, LegEvent, Mark, Tick
from schemas.codec import decode_agent, decode_call, encode
from schemas.privacy import key_from_secret
from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka
from tests.support import forked
from tests.support.names import unique
from tests.support.waiting import wait_until

_OURSELVES = (sys.executable, "-c", "from streams.cli.main import main; main()", "send", "simulate")
_EPOCH_MS = 1_795_000_000_000


@pytest.fixture
def place(kafka: LocalKafka, tmp_path: Path) -> Iterator[list[str]]:
    """The options that name a broker, topics and a folder of a test's own."""
    bootstrap, namespace = kafka.place.bootstrap, f"{unique('simulate')}."
    create_topics(bootstrap, namespace, _EPOCH_MS, partitions=2)
    yield ["--kafka", bootstrap, "--namespace", namespace, "--data", str(tmp_path / "data")]
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    client.delete_topics([topic for topic in client.list_topics() if topic.startswith(namespace)])
    client.close()


def events(place: list[str], topic: str) -> list[object]:
    """What the topic holds, ticks left out, in the order of partitions."""
    decode = decode_call if topic == "calls" else decode_agent
    decoded = [decode(r.value) for r in read_whole(place[1], place[3] + topic) if r.value]
    return [event for event in decoded if not isinstance(event, Tick)]


def position(place: list[str]) -> dict[str, int]:
    file = Path(place[5]) / f"simulate-{place[3]}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def test_a_run_that_was_stopped_goes_on_and_says_nothing_twice(place: list[str]) -> None:
    def run_until_caught_up(*arguments: str) -> str:
        command = [*_OURSELVES, *place, *arguments]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                return stopped_in_real_time(process)
            finally:
                process.kill()  # harmless when it has ended, as it should have

    def stopped_in_real_time(process: subprocess.Popen[str]) -> str:
        assert process.stderr is not None
        said = ""
        while "caught up" not in said and (line := process.stderr.readline()):
            said += line
        assert "caught up" in said, said
        noted = position(place).get("at", 0)
        wait_until(lambda: position(place).get("at", 0) > noted, "the position moves in real time")
        process.send_signal(signal.SIGTERM)
        said += process.stderr.read()
        assert process.wait(30) == 0, said
        return said

    first = run_until_caught_up("--from", "-90m", "--seed", "5")
    assert "begins at" in first
    stopped = position(place)
    # Two minutes are taken back, as if it had been killed before it could note them.
    file = Path(place[5]) / f"simulate-{place[3]}.json"
    file.write_text(json.dumps({**stopped, "at": stopped["at"] - 120_000}))
    second = run_until_caught_up("--from", "-90m")
    assert "goes on from" in second

    key = key_from_secret((Path(place[5]) / "caller.key").read_bytes().strip())
    simulation = Simulation(centre_of("ordinary"), Run(stopped["start"], stopped["seed"], key))
    alone = simulation.advance(position(place)["at"])
    for topic in ("calls", "agents"):
        sent = Counter(encode(event) for event in events(place, topic))
        expected = {encode(event) for said_in, event in alone if said_in == topic}
        assert set(sent) == expected
        # They came twice, byte for byte, and nothing else did.
        twice = [event for event, times in sent.items() if times > 1]
        cut = stopped["at"] - 120_000
        late = {encode(e) for t, e in alone if t == topic and cut < e.at <= stopped["at"]}
        assert set(twice) == late


def test_a_bounded_run_ends_and_its_ledger_is_what_was_sent(
    place: list[str], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.csv"
    at_work = _last_wednesday()
    bounds = ["--from", f"{at_work}T10:00:00", "--until", f"{at_work}T10:30:00", "--calls", "60"]
    arguments = [*bounds, "--ledger", str(ledger)]
    done = forked.run(["send", "simulate", *place, *arguments], os.environ, 60)
    assert done.returncode == 0, done.stderr
    assert not position(place), "a bounded run must not be gone on with"
    sent = events(place, "calls")
    ends = [event for event in sent if isinstance(event, EndOfInput)]
    assert len(ends) == 2, "one in each partition"
    rows = list(csv.DictReader(io.StringIO(ledger.read_text())))
    legs = {event.leg_id for event in sent if isinstance(event, LegEvent)}
    assert {row["leg_id"] for row in rows} == legs
    outcomes = Counter(row["outcome"] for row in rows)
    assert sum(outcomes.values()) - outcomes["rejected"] == 60
    assert not outcomes["open"]
    assert not any(isinstance(event, Mark) for event in sent if event not in ends)


def _last_wednesday() -> date:
    """A day at work, wholly in the past: at night 60 calls may take longer than half an hour."""
    before = datetime.now(UTC).date() - timedelta(days=2)
    return before - timedelta(days=(before.weekday() - 2) % 7)
