"""Alerts of the pipeline are asked of who tells people: of a server that answers, refuses, answers something else, or is away."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from schemas.millis import MINUTE, iso
from streams.admin.pipeline_alerts import NotListedError, going_on
from streams.local.kafka import free_port
from tests.support.alerts import NOON

DOWN = {"alertname": "PipelineDown", "job": "archive", "severity": "page", "owner": "queuewatch"}


def listed_alert(at: int, **more: str) -> dict[str, object]:
    return {"labels": DOWN | more, "annotations": {"summary": "archive is down"}, "startsAt": iso(at)}  # fmt: skip


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_pages_and_warnings_of_the_pipeline_oldest_first_and_nothing_else() -> None:
    body = [
        listed_alert(NOON, severity="warn"),
        listed_alert(NOON - MINUTE),
        listed_alert(NOON, rule="oldest_wait"),
        listed_alert(NOON, severity="none"),
        listed_alert(NOON, owner="lead", escalated="1"),
    ]
    with answering(200, json.dumps(body).encode()) as (url, asked):
        found = going_on(url)
    assert [(each.starts_at, each.known().alert.severity) for each in found] == [
        (NOON - MINUTE, "page"), (NOON, "warn"),
    ]  # fmt: skip
    assert asked == ["/api/v2/alerts?filter=owner%3D%22queuewatch%22"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(503, b"", "answers 503"), (200, b"<html>", "gives no list of alerts"), (200, b'[{"a": 1}]', "gives no list of alerts")],
)  # fmt: skip
def test_who_gives_no_list_is_said_in_one_line(status: int, body: bytes, said: str) -> None:
    with answering(status, body) as (url, _), pytest.raises(NotListedError, match=said):
        going_on(url)


def test_what_speaks_no_http_at_all_gives_no_list() -> None:
    """Somebody gave the address of Kafka."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"no http\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NotListedError, match="gives no list of alerts"):
            going_on(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()


def test_who_is_away_is_said_in_one_line() -> None:
    with pytest.raises(NotListedError, match="Alertmanager does not answer at http"):
        going_on(f"http://127.0.0.1:{free_port()}")
