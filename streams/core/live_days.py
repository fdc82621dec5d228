"""The day counts of every queue as the stream committed them, read back from topic `state`.

Rule 1: a checkpoint writes its pieces in order, the cursor last. Pieces are taken when their cursor
follows; pieces after the last cursor belong to a checkpoint that is not complete and are left out.
Rule 2: the counts include exactly the leg versions below the version that the cursor gives.
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
    """One queue: the days that are still counted, and its boundary (None before its first one)."""

    days: list[Day]
    boundary: int | None


class PartitionDays:
    """The day counts of one partition; `load` its records of topic `state` in order."""

    def __init__(self) -> None:
        self.queues: dict[str, LiveQueue] = {}
        self.below_version: int | None = None  # None: no checkpoint was written yet
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
