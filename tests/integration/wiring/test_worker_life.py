"""Starting and ending `queuewatch stream`: waits, one clear line, exit codes."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from schemas.calls import Abandoned, Queued
from schemas.codec import decode_as, encode
from schemas.health import Health
from schemas.legs import LegRow
from schemas.snapshots import QueueSnapshot
from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka, free_port
from streams.local.kafka_place import HOST
from tests.support.names import unique
from tests.support.services import ROOT, get
from tests.support.waiting import wait_until

QUEUEWATCH = str(ROOT / ".venv" / "bin" / "queuewatch")


@contextmanager
def stream(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen([QUEUEWATCH, "stream", *arguments], stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def status(port: int) -> int:
    """The first line of the answer of /healthz as a number, 0 for no answer."""
    try:
        with socket.create_connection((HOST, port), 2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return int(connection.recv(100).split()[1])
    except (OSError, IndexError):
        return 0


def test_without_kafka_it_waits_says_so_and_stops_on_a_signal(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    nowhere = f"{HOST}:{free_port()}"
    with stream(log, "--kafka", nowhere, "--metrics-port", str(port)) as process:
        wait_until(lambda: f"Kafka does not answer at {nowhere}" in log.read_text(), "it says so")
        assert status(port) == 503
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()
    assert len(log.read_text().splitlines()) < 10


def test_a_taken_port_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with stream(log, "--kafka", f"{HOST}:1", "--metrics-port", str(port)) as process:
            assert process.wait(60) == 1
    lines = log.read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(
        f"port {port} on {HOST} is taken: stop what holds it or choose another with --metrics-port"
    )


def two_calls_sent(bootstrap: str, namespace: str) -> None:
    """One hung up, one waits; both in partition 1."""
    now = int(time.time() * 1000)
    create_topics(bootstrap, namespace, now, 2)
    facts = [
        Queued(event_id=f"{leg}-1", source="pbx", at=now - 9_000, queue="billing", leg_id=leg)
        for leg in ("a", "b")
    ]
    left = Abandoned(event_id="a-2", source="pbx", at=now - 2_000, queue="billing", leg_id="a")
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for fact in (*facts, left):
        producer.send(namespace + "calls", key=b"billing", value=encode(fact), partition=1).get(30)
    producer.close()


def samples(port: int) -> dict[tuple[str, str], float]:
    """By name and queue."""
    text = (get(f"http://{HOST}:{port}/metrics") or b"").decode()
    return {
        (sample.name, sample.labels.get("queue", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_call_reaches_every_output(kafka: LocalKafka, tmp_path: Path) -> None:
    namespace, port, log = unique("life") + "-", free_port(), tmp_path / "log"
    bootstrap = kafka.place.bootstrap
    two_calls_sent(bootstrap, namespace)
    options = ["--kafka", bootstrap, "--namespace", namespace, "--metrics-port", str(port)]
    with stream(log, *options) as process:
        wait_until(lambda: status(port) == 200, "ready")
        legs = wait_until(
            lambda: [
                decode_as(LegRow, record.value or b"")
                for record in read_whole(bootstrap, namespace + "legs")
            ],
            "legs",
        )
        assert {(leg.leg_id, leg.outcome) for leg in legs} == {("a", "abandoned"), ("b", "open")}
        shown = wait_until(
            lambda: read_whole(bootstrap, namespace + "snapshots"), "a snapshot of the queue"
        )
        assert decode_as(QueueSnapshot, shown[-1].value or b"").waiting == 1
        read = {"calls-0": 0, "calls-1": 3, "agents-0": 0, "agents-1": 0, "reports-0": 0}
        wait_until(
            lambda: [
                report
                for record in read_whole(bootstrap, namespace + "health")
                if (report := decode_as(Health, record.value or b"")).ready
                and report.positions == read  # the first reports may come before the first fetch
            ],
            "a report of health",
        )
        found = samples(port)
        assert found["callcentre_queue_waiting_callers", "billing"] == 1
        assert found["callcentre_legs_abandoned_total", "billing"] == 1
        assert found["callcentre_unexplained_legs", "billing"] == 0
        assert json.loads(get(f"http://{HOST}:{port}/healthz") or b"{}")["state"] == "running"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_damaged_state_is_refused_and_made_anew_from_the_calls(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    namespace, bootstrap = unique("life") + "-", kafka.place.bootstrap
    two_calls_sent(bootstrap, namespace)
    options = ["--kafka", bootstrap, "--namespace", namespace]

    def written() -> list[bytes | None]:
        return [record.value for record in read_whole(bootstrap, namespace + "legs")]

    first, port = tmp_path / "first", free_port()
    with stream(first, *options, "--metrics-port", str(port)) as process:
        wait_until(lambda: status(port) == 200 and len(written()) >= 2, "both legs are counted")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    before = written()
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send(namespace + "state", key=b"calls|queue|billing", value=b"\xc1", partition=1)
    producer.close()

    refused, port = tmp_path / "refused", free_port()
    with stream(refused, *options, "--metrics-port", str(port)) as process:
        assert process.wait(120) == 1
    (line,) = [line for line in refused.read_text().splitlines() if " ending: " in line]
    assert "the state of calls-1 is damaged" in line
    assert line.endswith("start once with --rebuild-state")

    rebuilt, port = tmp_path / "rebuilt", free_port()
    with stream(rebuilt, *options, "--metrics-port", str(port), "--rebuild-state") as process:
        wait_until(lambda: status(port) == 200, "ready")
        found = wait_until(lambda: samples(port), "figures")
        assert found["callcentre_queue_waiting_callers", "billing"] == 1
        assert found["callcentre_legs_abandoned_total", "billing"] == 1
        assert found["callcentre_unexplained_legs", "billing"] == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert written() == before  # what was written once is not written again
    assert "the former state of queue billing was damaged" in rebuilt.read_text()


def test_of_two_workers_with_one_name_the_second_ends_and_says_why(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    namespace, port = unique("twins") + "-", free_port()
    bootstrap = kafka.place.bootstrap
    two_calls_sent(bootstrap, namespace)
    options = ["--kafka", bootstrap, "--namespace", namespace, "--instance", "north"]
    elder, younger = tmp_path / "elder", tmp_path / "younger"
    with stream(elder, *options, "--metrics-port", str(port)) as first:
        wait_until(lambda: status(port) == 200, "the first is ready")
        with stream(younger, *options, "--metrics-port", str(free_port())) as second:
            assert second.wait(120) == 2
        # A recovery that was under way may say after it that it was superseded.
        (line,) = [each for each in younger.read_text().splitlines() if " ending: " in each]
        assert f"another stream with --instance north is running (process {first.pid}," in line
        assert line.endswith("give each an --instance of its own")
        assert "Traceback" not in younger.read_text()
        wait_until(lambda: status(port) == 200, "the first has all of it again")
        assert first.poll() is None
