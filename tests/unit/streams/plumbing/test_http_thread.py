"""A server in a thread: answers several at once, and is gone when it is closed."""

import http.client
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from streams.plumbing.http_thread import Environ, HttpThread, respond
from streams.plumbing.ports import PortTakenError

HOST = "127.0.0.1"


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_slow_request_keeps_no_other_waiting(capfd: pytest.CaptureFixture[str]) -> None:
    going_on = threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            assert going_on.wait(30)
        return respond(start_response, "200 OK", "text/plain", environ["PATH_INFO"].encode())

    server = HttpThread(app, HOST, 0, "--metrics-port")
    answers: list[tuple[int, bytes]] = []
    slow = threading.Thread(target=lambda: answers.append(get(server.port, "/slow")))
    slow.start()
    assert get(server.port, "/quick") == (200, b"/quick")
    going_on.set()
    slow.join()
    assert answers == [(200, b"/slow")]
    server.close()
    with pytest.raises(ConnectionRefusedError):
        get(server.port, "/quick")
    assert capfd.readouterr().err == ""  # no line a request


def test_a_taken_port_names_the_option() -> None:
    def app(_: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return respond(start_response, "200 OK", "text/plain", b"")

    server = HttpThread(app, HOST, 0, "--query-port")
    try:
        with pytest.raises(PortTakenError, match=rf"port {server.port} on {HOST}.*--query-port"):
            HttpThread(app, HOST, server.port, "--query-port")
    finally:
        server.close()
