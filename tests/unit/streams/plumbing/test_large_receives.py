"""Large receives against what the client itself makes of the same bytes."""

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.errors import KafkaConnectionError
from kafka.net import KafkaSSLTransport, KafkaTCPTransport
from kafka.protocol import parser
from kafka.protocol.frame import KafkaBytes

from streams.plumbing.large_receives import _Frame, _received, receive_much_at_once

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A connection; what is received does not wait."""
    sending, receiving = socket.socketpair()
    receiving.setblocking(False)
    with sending, receiving:
        yield sending, receiving


def _transport(receiving: socket.socket) -> Any:
    return SimpleNamespace(_sock=receiving)


@given(st.binary(max_size=40), st.lists(st.none() | st.integers(0, 50), max_size=5))
def test_an_answer_is_read_as_the_client_reads_it(data: bytes, sizes: list[int | None]) -> None:
    ours, theirs = _Frame(len(data)), KafkaBytes(len(data))
    for frame in (ours, theirs):
        frame.write(data)
        frame.seek(0)
    for size in sizes:
        assert ours.read(size) == theirs.read(size)
        assert ours.tell() == theirs.tell()


def test_answers_are_whole_in_whatever_pieces_they_come(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room of one piece is used for the next one: nothing of an answer may still lie there."""
    sending, receiving = ends
    monkeypatch.setattr(parser, "KafkaBytes", _Frame)
    client = parser.KafkaProtocol()
    monkeypatch.setattr(client, "_process_response", lambda frame: frame.read())
    answers = [b"", b"1", b"22" * 3_000, bytes(range(256)) * 8_000, b"last"]
    sent = b"".join(len(answer).to_bytes(4, "big") + answer for answer in answers)
    told: list[bytes] = []
    for cut in range(0, len(sent), 9_001):
        sending.sendall(sent[cut : cut + 9_001])
        data, error = _received(_transport(receiving))
        assert error is None
        told += client.receive_bytes(data)
    assert told == answers


def test_a_large_piece_comes_in_one_call(ends: Ends) -> None:
    sending, receiving = ends
    sending.sendall(b"x" * 20_000)
    assert bytes(_received(_transport(receiving))[0]) == b"x" * 20_000


def test_nothing_has_come(ends: Ends) -> None:
    assert _received(_transport(ends[1])) == (b"", None)


def test_the_other_end_has_gone(ends: Ends) -> None:
    sending, receiving = ends
    sending.sendall(b"end")
    sending.close()
    assert bytes(_received(_transport(receiving))[0]) == b"end"
    data, error = _received(_transport(receiving))
    assert (bytes(data), type(error)) == (b"", KafkaConnectionError)


def test_a_connection_that_breaks(ends: Ends) -> None:
    ends[1].close()
    data, error = _received(_transport(ends[1]))
    assert (data, type(error)) == (b"", KafkaConnectionError)


def test_what_is_replaced_is_what_the_client_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """By names that no promise covers; through TLS the client reads as before."""
    before = KafkaSSLTransport._sock_recv
    monkeypatch.setattr(KafkaTCPTransport, "_sock_recv", KafkaTCPTransport._sock_recv)
    monkeypatch.setattr(parser, "KafkaBytes", parser.KafkaBytes)
    receive_much_at_once()
    assert KafkaTCPTransport._sock_recv is _received
    assert parser.KafkaProtocol()._header.__class__ is _Frame
    assert KafkaSSLTransport._sock_recv is before
