"""A server in a thread: answers several at once, and is gone when it is closed."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from streams.plumbing import http_thread
from streams.plumbing.http_thread import MOST_CONNECTIONS, Environ, HttpThread, respond
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


def _says_its_path(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    return respond(start_response, "200 OK", "text/plain", environ["PATH_INFO"].encode())


def test_of_too_many_silent_ones_the_oldest_goes_and_who_asks_gets_in() -> None:
    server = HttpThread(_says_its_path, HOST, 0, "--metrics-port")
    with contextlib.ExitStack() as all_closed:
        all_closed.callback(server.close)
        silent = [
            all_closed.enter_context(socket.create_connection((HOST, server.port), 10))
            for _ in range(MOST_CONNECTIONS)
        ]
        for one in silent[1:]:
            one.sendall(b"GET /never-whole HTTP/1.1\r\n")
        assert get(server.port, "/asked") == (200, b"/asked")
        assert silent[0].recv(1) == b""  # it was given up for the one that asked
        silent[1].sendall(b"\r\n")  # those behind it were not
        assert silent[1].recv(12) == b"HTTP/1.0 200"


def test_while_all_are_being_answered_a_new_one_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_thread, "MOST_CONNECTIONS", 2)
    begun, going_on = threading.Semaphore(0), threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun.release()
        assert going_on.wait(30)
        return _says_its_path(environ, start_response)

    server = HttpThread(app, HOST, 0, "--query-port")
    answers: list[tuple[int, bytes]] = []
    asking = [
        threading.Thread(target=lambda: answers.append(get(server.port, "/report")))
        for _ in range(2)
    ]
    try:
        for one in asking:
            one.start()
            assert begun.acquire(timeout=30)
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            get(server.port, "/one-more")
    finally:
        going_on.set()
        for one in asking:
            one.join()
    assert answers == [(200, b"/report")] * 2
    assert get(server.port, "/later") == (200, b"/later")
    server.close()
