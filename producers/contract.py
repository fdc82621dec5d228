"""The contract of a telephone platform: what its adapter provides; how it is sent is not its concern.

Rule 1: a finished file gives legs, agents' states and restarts (`FinishedFile.read`). A live platform
gives what is new since the last call (`LiveReader.next_batch`) and its reading position as plain data
(`snapshot`).
Rule 2: everything else is done for all platforms in one place: `sending.py` for finished files,
`following.py` for live ones. They publish, tick, quarantine what was refused, and write a snapshot
only after Kafka has acknowledged everything before it.
Rule 3: the same input gives the same events with the same `event_id`s, however often it is read.
Otherwise an input that is sent twice would be counted twice.
Rule 4: a caller's number becomes a token (`schemas.privacy.caller_token`) before it leaves the package.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, TextIO

from msgspec import Raw, Struct

from producers.event_order import TimedEvent
from producers.input_file import InputFile
from producers.progress import Progress
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, LegFact, Queued, Restarted, SourceMark
from schemas.privacy import TokenKey
from schemas.quarantine import InputReason

Options = Mapping[str, Any]  # of one command line, by parameter name
Option = Callable[[Callable[..., Any]], Callable[..., Any]]  # what `click.option(…)` returns


def input_file(path: Path, given: Options, encoding: str = "", errors: str = "strict") -> InputFile:
    """The file of a command line, in the encoding of `--encoding`, else in the platform's own."""
    return InputFile(path, given.get("encoding") or encoding, errors)


class Refused(Struct, frozen=True):
    """A line or row that cannot be counted: it goes to quarantine with its position and the reason.

    The shell masks `detail` and `original`, unless the platform did that better (`is_detail_masked`,
    `is_masked`): numbers of six digits or more become tokens.
    """

    detail: str
    original: str
    position: int = 0  # line number; for a log that grows the byte offset, set by `growing_log`
    origin: str = ""  # the file that `position` refers to; by default the name of the file
    reason: InputReason = "bad_row"
    is_masked: bool = False
    is_detail_masked: bool = False


class DetailedLeg(Struct, frozen=True):
    """A leg of a finished file that brings its own events, more exact than those of `leg_events`.

    `whole` is a FinishedLeg, or the Queued of a caller who still waited when the file ended.
    """

    whole: FinishedLeg | Queued
    events: Iterable[LegFact]


class LeftBehind(Struct, frozen=True):
    """What one file of a source leaves for the next one: calls that go on, for example.

    `memory` is JSON of the platform's own, without numbers of callers; `ends_at` the time of the last record;
    `last` digests of the records of that time, so that a file that repeats them is known.
    """

    ends_at: int
    memory: Raw
    last: tuple[str, ...] = ()
    delivery: str = ""  # set by the shell: what a withdrawn delivery left is not gone on with


FileItem = FinishedLeg | Queued | DetailedLeg | AgentState | Restarted | Refused


class FinishedFile(ABC):
    """A file that does not grow. InputFileError if it is missing, damaged or not text."""

    unit: str = "lines"  # word for its records in the summary
    time_zone = "UTC"  # used to print times in a dry run, and for the time of day of `--at`
    position = 0  # line of the item that `read` gave last, if it keeps count
    reading = ""  # the file that `position` refers to, where several are read as one

    def __init__(
        self, file: InputFile, source: str, key: TokenKey, *, is_checked: bool = False
    ) -> None:
        """`file` should come from `input_file`; without it `--encoding` is refused for the platform."""
        self.file, self.source, self.key = file, source, key
        if not is_checked:
            file.check()

    @abstractmethod
    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        """Everything in the file, in its order; a caller who still waits is given as the Queued, and one
        who still talks as a FinishedLeg with `goes_on`.

        Pass `progress` to `self.file.lines`. Each FinishedLeg must have `feed="history"`.
        """

    def begins_at(self) -> int | None:
        """The time of its first record: several files are read in this order. None: it cannot be told."""
        return None

    def ends_at(self) -> int | None:
        """The time of its newest record; asked only of files that begin in one moment."""
        return None

    def begins_with(self) -> str:
        """A digest of its first record, as in `LeftBehind.last`."""
        return ""

    def go_on(self, left: LeftBehind) -> None:  # noqa: B027 - optional: rows of calls stand for themselves
        """Called before `read` with what an earlier file of the same source left, if this one begins later.

        Raises msgspec.DecodeError or another ValueError for a memory that it cannot read.
        """

    def left_behind(self) -> LeftBehind | None:
        """What the next file of this source needs to go on where this one ended; asked for after `read`.

        None: nothing.
        """
        return None

    def left_by_each(self) -> tuple[LeftBehind, ...]:
        """The same of each file, where several are read as one: any of them may be sent again alone."""
        left = self.left_behind()
        return () if left is None else (left,)

    @property
    def size(self) -> int:
        """Bytes to read; `read` reports its progress in them."""
        return self.file.size

    def notes(self) -> tuple[str, ...]:
        """Additional remarks for the summary; called after everything was read."""
        return ()


class RawRecord(Struct, frozen=True):
    """Bytes sent instead of an event, under the key of that event. Only the simulator uses it."""

    key: str
    value: bytes


class Addressed(Struct, frozen=True):
    """A mark, or bytes, for one topic: for platforms that send their own ticks."""

    topic: str
    content: SourceMark | RawRecord


LiveItem = TimedEvent | Refused | Addressed


class LiveRecord(Struct, frozen=True, gc=False):
    """What one record (line, message) of a live platform means, in order.

    `at` is its time by the platform's clock (None: it has none); ticks are derived from it.
    `is_idle`: no call waited or talked before this record, so few ticks are needed up to it.
    """

    items: Iterable[LiveItem]
    at: int | None = None
    is_idle: bool = False


class ReadSoFar(Struct, frozen=True):
    """Progress of reading what was already there at the start."""

    label: str
    done: int
    total: int
    unit: str = "B"


class LiveReader(ABC):
    """Reads a live platform from a snapshot on. A new one is opened with each connection to Kafka."""

    problem = ""  # one line: why nothing can be read now; empty while it can
    has_ended = False  # nothing more will come

    @abstractmethod
    def next_batch(self, now: int) -> Iterable[LiveRecord] | None:
        """What is new since the last call. Empty: only the position moved. None: nothing new now.

        The caller consumes a batch completely before it calls any other method.
        """

    @abstractmethod
    def snapshot(self) -> Mapping[str, object]:
        """The position after the last batch, and whatever is needed to continue from there.

        The caller encodes it as JSON at once, so it need not be a copy.
        """

    @abstractmethod
    def close(self) -> None:
        """Close files and connections."""

    def read_so_far(self) -> ReadSoFar | None:
        """For a progress bar; None if there is nothing to show."""
        return None

    def figures(self) -> dict[str, int]:
        """More totals for topic `health`, in addition to the counts of lines. Called in another thread."""
        return {}


class Sent(Struct):
    """How many events and ticks were handed to Kafka; `stopped` when a replay was ended early.

    `replayed`: how its times were moved, if the time of day was named at which it begins.
    """

    calls: int = 0
    agents: int = 0
    restarts: int = 0
    ticks: int = 0
    stopped: bool = False
    replayed: str = ""

    @property
    def events(self) -> int:
        return self.calls + self.agents + self.restarts


class Health(Struct, frozen=True):
    """A live platform's own health, in place of the one that the follower computes."""

    is_behind: bool
    ages_s: dict[str, float]
    totals: dict[str, int]


class LiveSource(ABC):
    """A live platform as described by the command line; opened anew with each connection to Kafka."""

    source: str
    key: TokenKey
    poll_ms: ClassVar[int] = 250  # pause after `next_batch` returned None
    ticks_itself: ClassVar[bool] = False  # its batches contain ticks
    # It can be read again from the position after an outage of Kafka, however long; else that ends it.
    survives_kafka: ClassVar[bool] = True

    @abstractmethod
    def open(self, snapshot: bytes | None, say: Callable[[str], None]) -> LiveReader:
        """Start reading from the JSON of a snapshot; None the first time. `say` prints one line.

        Raises msgspec.DecodeError or another ValueError for a snapshot that it cannot read. Something
        that does not exist yet is reported as the reader's `problem`, not as an error.
        """

    @property
    def name(self) -> str:
        """Its name in messages and in quarantine."""
        return self.source

    @property
    def instance(self) -> str:
        """Distinguishes several processes of the platform in topic `health`."""
        return self.source

    def check(self) -> None:  # noqa: B027 - optional: most have nothing to check
        """InputFileError if it can never be followed. Called once, before connecting to Kafka."""

    def notes(self) -> tuple[str, ...]:
        """Additional remarks for the summary; called at the end."""
        return ()

    def health(self, sent: Sent) -> Health | None:  # noqa: ARG002 - for overrides
        """None: the follower reports lines, refusals and the age of the newest line."""
        return None


class Fetched(Struct, frozen=True):
    """Records that were fetched into a file; `shown`: from where, for people."""

    path: Path
    shown: str


class Platform(ABC):
    """A platform of `queuewatch send NAME FILE`; `platforms.py` says how it is found."""

    help: ClassVar[
        str
    ]  # of the command: the first line is a sentence of its own; must contain an Example
    options: ClassVar[
        tuple[Option, ...]
    ] = ()  # its own options; their values are passed as `given`
    default_source: ClassVar[str] = ""  # default of --source; empty: NAME:<name of the file>
    follows: ClassVar[str] = ""  # help of --follow; empty: --follow is not offered
    fetches: ClassVar[str] = ""  # its option that names a place to fetch from, instead of FILE

    @abstractmethod
    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        """InputFileError, one line, if the file is not of this platform."""

    def fetch(self, given: Options, folder: Path, stream: TextIO) -> Fetched:
        """Everything from that place, in a file under `folder` that `open` then reads; progress on `stream`.

        Called only for platforms that set `fetches`. InputFileError, one line, if nothing can be had.
        """
        raise NotImplementedError(f"{type(self).__name__} sets no `fetches`")

    def follow(self, path: Path, source: str, key: TokenKey, given: Options) -> LiveSource:
        """Called only for platforms that set `follows`."""
        raise NotImplementedError(f"{type(self).__name__} sets no `follows`")
