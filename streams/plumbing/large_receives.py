"""Lets kafka-python receive much at once: it asks the socket for 4 kB at a time, which is nine legs.

Each piece is a call of the system, and a turn of the interpreter that a thread which decodes gives away every 5 ms only. So an answer
of megabytes came slower than it was decoded, and nothing of the next one came while the last one was worked on.
What is received through TLS comes in pieces of TLS, as before.
"""

import threading
from typing import Any

from kafka.errors import KafkaConnectionError
from kafka.net import KafkaTCPTransport
from kafka.protocol import parser
from kafka.protocol.frame import KafkaBytes

_AT_ONCE = 512 * 1024  # bytes


class _Room(threading.local):
    """Of each thread that receives: made once, since new memory of this size is asked of the system each time."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(_AT_ONCE))


class _Frame(KafkaBytes):  # type: ignore[misc]
    """An answer. What is read of it is copied once; the client copies it twice."""

    _idx: int  # where the next read begins

    def read(self, nbytes: int | None = None) -> bytes:
        start = self._idx
        self._idx = len(self) if nbytes is None else min(start + nbytes, len(self))
        with memoryview(self) as view:
            return bytes(view[start : self._idx])


_room = _Room()


def receive_much_at_once() -> None:
    """For all clients of kafka-python in this process, also those that are connected."""
    KafkaTCPTransport._sock_recv = _received  # noqa: SLF001 - no public way
    parser.KafkaBytes = _Frame


def _received(transport: Any) -> tuple[memoryview | bytes, Exception | None]:
    """What has come, and what is wrong; whoever is told copies it before he returns."""
    try:
        n_bytes = transport._sock.recv_into(_room.view)  # noqa: SLF001
    except (BlockingIOError, InterruptedError):
        return b"", None
    except OSError as error:
        return b"", KafkaConnectionError(error)
    return _room.view[:n_bytes], None if n_bytes else KafkaConnectionError("socket disconnected")
