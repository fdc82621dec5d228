"""The state of a unit of `calls` as it is read back from its topic, until the unit starts."""

from collections.abc import Callable

from streams.core.calls_pieces import (
    CURSOR,
    NAMES,
    PREFIX,
    Cursor,
    Piece,
    keep,
    known_names,
    names_pieces,
    own_legs,
    read_buckets,
    read_cursor,
    read_legs,
    read_queue,
)
from streams.core.queue_monitor import QueueMonitor
from streams.core.state_format import Names
from streams.core.unit import reading_piece, unreadable


class LoadedState:
    """The newest of each piece. Every reading raises UnreadablePieceError, which names the piece."""

    def __init__(self) -> None:
        self._pieces: dict[bytes, bytes] = {}

    def load(self, key: bytes, value: bytes | None) -> None:
        """One record of the state topic, in the order of the topic; other units' are left out."""
        if key.startswith(PREFIX):
            keep(self._pieces, key, value)

    def cursor(self) -> Cursor | None:
        """None where the unit never wrote a checkpoint."""
        if CURSOR not in self._pieces:
            return None
        with reading_piece(CURSOR):
            return read_cursor(self._pieces[CURSOR])

    def restore(self, monitor_of: Callable[[str], QueueMonitor]) -> None:
        """Hand every other piece to the monitor of its queue."""
        with reading_piece(NAMES):
            names = known_names(self._pieces)
        key = b""
        try:  # as `reading_piece`, which costs as much as reading a small piece, once for all
            for key, value in self._pieces.items():
                _restore(key[len(PREFIX) :].decode(), value, names, monitor_of)
        except Exception as error:
            raise unreadable(key, error) from error

    def missing_names(self) -> list[Piece]:
        """The lists of names that pieces of this release refer to, and that were not written yet."""
        return [(key, value) for key, value in names_pieces() if key not in self._pieces]


def _restore(
    piece: str, value: bytes, names: Names, monitor_of: Callable[[str], QueueMonitor]
) -> None:
    kind, _, rest = piece.partition("|")
    queue = rest if kind == "queue" else rest.rpartition("|")[0]
    if kind == "queue":
        monitor_of(queue).restore(read_queue(value, names))
    elif kind == "buckets":
        monitor_of(queue).restore_buckets(read_buckets(value, names))
    elif kind == "legs":
        monitor_of(queue).restore_legs(read_legs(value, names), own_legs(value))
