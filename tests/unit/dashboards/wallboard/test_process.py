"""The process: what it listens on, and what it tells those who need no log-in."""

import socket
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from dashboards.access.config import read_access
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.process import BoardOptions, _metrics, run, watch_certificates
from streams.local.kafka import free_port
from streams.plumbing.certificates import Certificates
from streams.plumbing.ports import PortTakenError
from tests.support.people import BOARD, GROUPS, access_file


def test_a_taken_port_is_one_line_that_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        options = BoardOptions(bootstrap="127.0.0.1:1", namespace="", host="127.0.0.1", port=port)
        with pytest.raises(PortTakenError, match=rf"port {port} on .* is taken.*--port"):
            run(options)


def test_certificates_of_the_proxy_and_of_the_provider_are_looked_at(tmp_path: Path) -> None:
    oidc = '[oidc]\nissuer = "https://id.example.org:8443/town"\nclient_id = "queuewatch"\n'
    in_use = Certificates()
    watch_certificates(read_access(access_file(tmp_path, BOARD + oidc + GROUPS)), in_use)
    assert set(in_use._servers) == {
        ("board", "wall.example.org", 443), ("oidc", "id.example.org", 8443),
    }  # fmt: skip


def test_health_beside_the_metrics_tells_no_reason() -> None:
    port = free_port()
    place = "kafka-1.internal:9092"
    options = BoardOptions(
        bootstrap=place, namespace="", host="127.0.0.1", port=0, metrics_port=port
    )
    feed = Feed(place, "", Latest())
    assert place in feed.problem
    with _metrics(options, "1", feed):
        url = f"http://127.0.0.1:{port}/healthz"
        with pytest.raises(HTTPError) as refused, urllib.request.urlopen(url):
            pass
        with refused.value as answer:
            assert (answer.code, answer.read()) == (503, b"not ready\n")
        feed.problem = ""
        with urllib.request.urlopen(url) as answer:
            assert answer.read() == b"ok\n"
