"""Whoever is slow, or is just going away, refuses nothing: only who hangs up again and again does.

What real brokers refuse: tests/integration/security/test_doors.py.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from streams.plumbing import kafka_refusals, kafka_security
from streams.plumbing.kafka_config import KafkaConfig, Secret
from streams.plumbing.kafka_security import KafkaSecurity


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_refusals, "_WITHIN_S", 0.3)
    monkeypatch.setattr(kafka_refusals, "_ASKED_AGAIN_AFTER_S", 0.01)
    config = KafkaConfig(
        protocol="SASL_PLAINTEXT", mechanism="PLAIN", username="u", password=Secret("p")
    )
    monkeypatch.setattr(kafka_security, "_in_use", KafkaSecurity(config))


@contextmanager
def server(treats: Callable[[int, socket.socket], None]) -> Iterator[str]:
    """A listener that does `treats(number, connection)` with each connection; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        ended = threading.Event()
        kept: list[socket.socket] = []

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection = listener.accept()[0]
                except OSError:
                    continue
                treats(len(kept), connection)
                kept.append(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()
            for each in kept:
                each.close()


def test_a_slow_broker_refuses_nothing() -> None:
    with server(lambda _number, _connection: None) as address:
        assert kafka_refusals.why_refused(address) == ""


def test_one_that_hangs_up_again_and_again_refuses() -> None:
    with server(lambda _number, connection: connection.close()) as address:
        said = kafka_refusals.why_refused(address)
    assert said.startswith(f"Kafka at {address} refuses: security.protocol: it hung up")


def test_one_that_hung_up_while_it_was_stopped_refuses_nothing() -> None:
    def treats(number: int, connection: socket.socket) -> None:
        # Each try opens a connection to see whether anybody is there, and one to come in; the first
        # try also looks whether TLS is spoken.
        if number < 3:
            connection.close()

    with server(treats) as address:
        assert kafka_refusals.why_refused(address) == ""


def test_where_nobody_listens_nobody_refuses() -> None:
    assert kafka_refusals.why_refused("127.0.0.1:1") == ""
