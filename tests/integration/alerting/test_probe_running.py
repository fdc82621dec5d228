"""A probe on the whole way of a page, between real servers: it comes back, is counted nowhere and told to nobody."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.local.kafka import LocalKafka, free_port
from tests.integration.alerting.test_notify import shipped_routing
from tests.support.line import Line
from tests.support.services import Server, Webhook, alertmanager, get
from tests.support.waiting import wait_until

QUEUES = '[queues.billing]\nanswer_within = "20s"\ngoal = 0.8\n'
STAGES = {"kafka", "stream", "alertmanager", "webhook", "heartbeat"}


@pytest.fixture
def line(kafka: LocalKafka, tmp_path: Path) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path, QUEUES) as started:
        yield started


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """An address outside, and the paths that were called there."""
    called: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/beat", called
    server.shutdown()
    server.server_close()
    thread.join()


def passed(address: str) -> dict[str, float]:
    """When a probe last passed, by stage."""
    text = (get(f"{address}/metrics") or b"").decode()
    return {
        sample.labels["stage"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "queuewatch_probe_last_timestamp_seconds"
    }


def test_a_probe_comes_back_and_leaves_nothing_behind(
    line: Line, tmp_path: Path, outside: tuple[str, list[str]]
) -> None:
    url, called = outside
    (tmp_path / "heartbeat.url").write_text(url)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with Webhook() as people:
        routing = shipped_routing(people)
        assert "http://127.0.0.1:9103/probe" in routing
        routing = routing.replace("http://127.0.0.1:9103", address)
        pager = alertmanager(tmp_path / "pager", routing)
        command = line.command(
            "notify", "--alertmanager", pager.url, "--metrics-port", str(port),
            "--heartbeat-url-file", str(tmp_path / "heartbeat.url"),
        )  # fmt: skip
        notify = Server(
            "notify", command, lambda: get(f"{address}/healthz") is not None, tmp_path / "log"
        )
        with notify:
            wait_until(
                lambda: passed(address).keys() == {"kafka", "stream"}, "Kafka and the stream"
            )
            assert called == []  # Alertmanager is away: the chain is not whole
            with pager.server:
                wait_until(lambda: passed(address).keys() == STAGES, "it comes back, and is told")
        assert called == ["/beat"]
        assert people.posts == []
    assert url not in (tmp_path / "log").read_text()
    assert line.figures("queuewatch_events_total", "result") == {
        "applied": 0, "duplicate": 0, "quarantined": 0,
    }  # fmt: skip
    assert line.figures("queuewatch_source_last_event_timestamp_seconds", "source") == {}
    line.drain()
    assert line.run("quarantine", "list", "--format", "csv").count("\n") <= 1
    assert "probe" not in line.run("alerts", "list", "--all")
