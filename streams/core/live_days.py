"""The day counts of every queue as the stream committed them, read back from topic `state`.

Rule 1: a checkpoint writes its pieces in order, the cursor last. Pieces count from their cursor on, so
whatever is cut off behind the last cursor is a moment between two checkpoints.
Rule 2: what a cursor says bounds the versions of legs that these counts know: all below it, no other.
"""

from msgspec import Struct

from schemas.topics import version_of
from streams.core.calls_pieces import (
    CURSOR,
    NAMES,
    OWN_NAMES,
    PREFIX,
    QUEUE,
    known_names,
    read_cursor,
    read_queue,
)
from streams.core.queue_days import Day


class LiveQueue(Struct, frozen=True):
    """One queue: its days still counted, and how far its event time had come (None: nowhere yet)."""

    days: list[Day]
    boundary: int | None


class PartitionDays:
    """Of one partition; records of its state in order."""

    def __init__(self) -> None:
        self.queues: dict[str, LiveQueue] = {}
        self.below_version: int | None = None  # None: no checkpoint was ever written
        self._pending: dict[str, bytes | None] = {}
        self._names = OWN_NAMES

    def load(self, key: bytes | None, value: bytes | None) -> None:
        if key is None or not key.startswith(PREFIX):
            return
        if key.startswith(NAMES) and value is not None:
            self._names = {**self._names, **known_names({key: value})}
        elif key.startswith(QUEUE):
            self._pending[key[len(QUEUE) :].decode()] = value
        elif key == CURSOR and value is not None:
            cursor = read_cursor(value)
            self.below_version = version_of(cursor.epoch, cursor.next_offset)
            for queue, piece in self._pending.items():
                self._take(queue, piece)
            self._pending.clear()

    def _take(self, queue: str, piece: bytes | None) -> None:
        if piece is None:
            self.queues.pop(queue, None)
            return
        state = read_queue(piece, self._names)
        self.queues[queue] = LiveQueue(state.days, state.boundary)
