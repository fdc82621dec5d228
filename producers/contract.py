"""The contract of a telephone platform: what its package says, and nothing of how it is sent.

Rule 1: a finished file gives legs, agents' states and restarts (`FinishedFile.read`); a live platform
gives what was told since it was asked last (`LiveReader.next_batch`) and, as plain data, where its
reading stands (`snapshot`).
Rule 2: the shells do the rest for every platform: `sending.py` of finished files, `following.py` of
live ones. They publish, tick, set aside what was refused, and note a snapshot only after Kafka has
everything that was told before it.
Rule 3: the same input gives the same events with the same `event_id`s, whenever and however often it
is read: what is sent twice counts once.
Rule 4: a caller's number becomes a token (`schemas.privacy.caller_token`) before it leaves the package.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from msgspec import Struct

from producers.event_order import TimedEvent
from producers.input_file import InputFile
from producers.progress import Progress
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, LegFact, Queued, Restarted, SourceMark
from schemas.privacy import TokenKey
from schemas.quarantine import InputReason

Options = Mapping[str, Any]  # of one command line, by parameter name
Option = Callable[[Callable[..., Any]], Callable[..., Any]]  # what `click.option(…)` returns


class Refused(Struct, frozen=True):
    """A line or row that cannot be counted: it goes to quarantine with its place and the reason.

    The shell masks `detail`, and `original` unless the platform did that better (`is_masked`):
    numbers of six digits or more become tokens.
    """

    detail: str
    original: str
    position: int = 0  # number of the line; the follower of a log fills in its offset
    origin: str = ""  # what the position counts in; by default the file's name
    reason: InputReason = "bad_row"
    is_masked: bool = False


class DetailedLeg(Struct, frozen=True):
    """A leg of a finished file whose events the platform knows better than `leg_events` can derive them.

    `whole` is a FinishedLeg, or the Queued of a leg that was open when the file ended.
    """

    whole: FinishedLeg | Queued
    events: Iterable[LegFact]


FileItem = FinishedLeg | Queued | DetailedLeg | AgentState | Restarted | Refused


class FinishedFile(ABC):
    """One file that does not grow, opened: InputFileError when it is missing, damaged or no text."""

    unit: ClassVar[str] = "lines"  # what the summary calls its records
    time_zone = "UTC"  # in which a dry run shows times

    def __init__(self, file: InputFile, source: str, key: TokenKey) -> None:
        self.file, self.source, self.key = file, source, key
        file.check()

    @abstractmethod
    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        """Everything that it tells, in its order; a leg that is still open is its Queued.

        Hand `progress` on to `self.file.lines`. FinishedLegs need `feed="history"`.
        """

    def notes(self) -> tuple[str, ...]:
        """What the summary says besides, once everything was read."""
        return ()


class RawRecord(Struct, frozen=True):
    """Bytes in place of an event, under the key that it would have had: only a simulator sends them."""

    key: str
    value: bytes


class Addressed(Struct, frozen=True):
    """A mark, or bytes, for one topic: of platforms that tell their own time."""

    topic: str
    content: SourceMark | RawRecord


LiveItem = TimedEvent | Refused | Addressed


class LiveRecord(Struct, frozen=True, gc=False):
    """What one record (line, message) of a live platform tells, in order.

    `at` is its time by the platform's clock (None: it has none), by which the shell ticks.
    `is_idle`: before it no call waited or talked, so quiet hours need few ticks.
    """

    items: Iterable[LiveItem]
    at: int | None = None
    is_idle: bool = False


class ReadSoFar(Struct, frozen=True):
    """How far the first reading has come: what lay there when it began."""

    label: str
    done: int
    total: int
    unit: str = "B"


class LiveReader(ABC):
    """One reading of a live platform from a snapshot on; it ends with the connection to Kafka."""

    problem = ""  # one line: why nothing can be read at present
    has_ended = False  # nothing will follow

    @abstractmethod
    def next_batch(self, now: int) -> Iterable[LiveRecord] | None:
        """What was told since; empty: only the position moved; None: nothing more at present.

        A batch is consumed before anything else is asked.
        """

    @abstractmethod
    def snapshot(self) -> Mapping[str, object]:
        """Where the reading stands after the last batch and what must be known to go on from there.

        It is encoded as JSON at once, so it need not be a copy.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections."""

    def read_so_far(self) -> ReadSoFar | None:
        """For a progress bar; None where there is nothing to be shown."""
        return None

    def figures(self) -> dict[str, int]:
        """For topic `health`, beside the counts of lines. Called in another thread."""
        return {}


class Sent(Struct):
    """How many events and ticks were handed to Kafka; `stopped` when a replay was ended early."""

    calls: int = 0
    agents: int = 0
    restarts: int = 0
    ticks: int = 0
    stopped: bool = False

    @property
    def events(self) -> int:
        return self.calls + self.agents + self.restarts


class Health(Struct, frozen=True):
    """What a live platform says of itself where the shell's own words do not fit."""

    is_behind: bool
    ages_s: dict[str, float]
    totals: dict[str, int]


class LiveSource(ABC):
    """A live platform as the command line describes it; each connection to Kafka opens it anew."""

    source: str
    key: TokenKey
    poll_ms: ClassVar[int] = 250  # until the next look, after a batch that was None
    ticks_itself: ClassVar[bool] = False  # its batches hold ticks
    survives_kafka: ClassVar[bool] = (
        True  # can be read again from the position, as long as it takes
    )

    @abstractmethod
    def open(self, snapshot: bytes | None, say: Callable[[str], None]) -> LiveReader:
        """From the JSON of a snapshot on, None for the first time; `say` tells people one line.

        msgspec.DecodeError (or another ValueError) for a snapshot that is none of its own. What is
        not there yet is the reader's `problem`, never an error.
        """

    @property
    def name(self) -> str:
        """What problems and refused records are told of."""
        return self.source

    @property
    def instance(self) -> str:
        """By which topic `health` tells several processes of the platform apart."""
        return self.source

    def check(self) -> None:  # noqa: B027 - most can only be followed or not be there yet
        """InputFileError when it can never be followed; called once, before Kafka is."""

    def health(self, sent: Sent) -> Health | None:  # noqa: ARG002 - what an override may need
        """None: lines, refusals and the age of the newest line, as the shell counts them."""
        return None


class Platform(ABC):
    """A platform of `queuewatch send NAME FILE`; `platforms.py` says how it is found."""

    help: ClassVar[str]  # of the command; its first line stands alone, and it has an Example
    options: ClassVar[tuple[Option, ...]] = ()  # its own; their values come as `given`
    default_source: ClassVar[str] = ""  # of --source; empty: NAME:<name of the file>
    follows: ClassVar[str] = ""  # help of --follow; empty: there is nothing to follow

    @abstractmethod
    def open(self, path: Path, source: str, key: TokenKey, given: Options) -> FinishedFile:
        """InputFileError in one line when it is no such file."""

    def follow(self, path: Path, source: str, key: TokenKey, given: Options) -> LiveSource:
        """Only asked of platforms that set `follows`."""
        raise NotImplementedError(f"{type(self).__name__} sets no `follows`")
