"""The interface between the shell and the core: one unit is one input partition, on any worker."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from msgspec import Struct

from schemas.alerts import Firing
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion


class Record(Struct, gc=False, frozen=True):
    """One input record; `timestamp` is the broker's time of appending it, in ms.

    Any object with these attributes can be applied, such as the records of a Kafka consumer.
    """

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Cause(Struct, gc=False, frozen=True):
    """The record that caused a change: its version (schemas.topics.version_of), and the broker's time of
    appending it, in ms.
    """

    version: int
    known_at: int


class Output(Struct, gc=False, frozen=True):
    """A record to be written to the partition of the unit, in the transaction of its checkpoint."""

    topic: str  # name in schemas.topics, without namespace
    key: bytes
    value: bytes


class Checkpoint(NamedTuple):
    """What one transaction writes: changed pieces of state (None deletes one) and the outputs."""

    pieces: list[tuple[bytes, bytes | None]]
    outputs: list[Output]


class UnreadablePieceError(Exception):
    """A piece of state cannot be read. The worker must end: counts on top of it would be wrong."""


@contextmanager
def reading_piece(key: bytes) -> Iterator[None]:
    """Turns every exception inside into UnreadablePieceError with the name of the piece: damaged bytes may
    raise anything.
    """
    try:
        yield
    except Exception as error:
        raise unreadable(key, error) from error


def unreadable(key: bytes, error: Exception) -> UnreadablePieceError:
    """What is told of a piece whose reading raised `error`."""
    name = key.decode("utf-8", "backslashreplace")
    return UnreadablePieceError(f"piece {name}: {str(error) or type(error).__name__}")


class Unit(Protocol):
    """State of one input partition. Every method is synchronous, so no other code runs in between.

    Life: construct, `load` every record of the unit's state pieces, `start`, then `apply` and
    `checkpoint` in turn. `next_offset` is the offset after the newest applied record; it is part of
    the checkpoint's pieces. The shell guarantees that `apply` gets all records without a gap.
    """

    next_offset: int | None

    def load(self, key: bytes, value: bytes | None) -> None:
        """One record of the state topic (pieces of other units are ignored); UnreadablePieceError."""
        ...

    def start(self, first_offset: int) -> None:
        """All pieces are loaded. `first_offset` is the begin of the log, used if there is no cursor.

        UnreadablePieceError for a piece that cannot be read.
        """
        ...

    def apply(self, records: list[Record]) -> None:
        """Count the records, all at or above `next_offset`, in order. Never raises for bad input."""
        ...

    @property
    def is_pressing(self) -> bool:
        """Whether others wait for the next checkpoint: it holds more than how far the unit has come."""
        ...

    def checkpoint(self) -> Checkpoint | None:
        """What changed since the last call; None when nothing did. The caller must write it, or end."""
        ...

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        """All published versions, oldest first."""
        ...


class SnapshotSource(Protocol):
    """What boards and exporters read of a unit of `calls`."""

    unconfigured: int  # queues that are counted though no targets name them

    def set_home(self, is_home: Callable[[str], bool]) -> None:
        """Whether the calls of a queue come in the partition of this unit, by the queue's id."""
        ...

    def changed_snapshots(self, now: int) -> list[QueueSnapshot]:
        """Queues that changed since the last call, and idle ones not shown for 2 s."""
        ...

    def snapshots(self, now: int) -> list[QueueSnapshot]:
        """Every queue of the unit."""
        ...

    def committed_totals(self) -> list[QueueTotals]:
        """Cumulative counts of every queue as of the last committed checkpoint."""
        ...

    def firing(self) -> list[Firing]:
        """Every alert that fires, once for each of its queues."""
        ...

    def source_times(self) -> dict[str, int]:
        """The newest event time, in ms, of each live source whose input has not ended."""
        ...

    def sources_behind_ms(self) -> dict[str, int]:
        """By how many ms the clock of each live source is behind the broker's; below 0: ahead."""
        ...

    def commit_done(self) -> None:
        """The last checkpoint is durable: `committed_totals` may show it."""
        ...
