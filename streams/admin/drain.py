"""Waits until everything sent is counted and archived: first for the stream, then for the archive."""

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

from kafka import TopicPartition
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
    TopicAuthorizationFailedError,
)
from msgspec import Struct

from schemas.counted import counted
from schemas.groups import archive_group, reports_group, stream_group
from schemas.topics import TOPICS, topic_name
from streams.admin.broker import (
    Offsets,
    admin_client,
    beginnings,
    consumer,
    high_waters,
    partitions_of,
)

# Of the number of records before a reader: whether it is waited for no longer.
IsOver = Callable[[int], bool]

_POLL_S = 0.2
_PROBE_S = 2.0
_LOADED_WITHIN_S = 30.0
_NOT_YET = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)

STREAM_INPUTS = tuple(  # of its group
    t.name for t in TOPICS if "stream" in t.readers and t.log_append_time and not t.transactional
)
REPORTS = "reports"
ARCHIVE_INPUTS = tuple(t.name for t in TOPICS if "archive" in t.readers)


class Stage(Struct, frozen=True):
    """One reader (stream or archive), its consumer group, and the topics that it reads."""

    reader: str
    group: str
    topics: tuple[str, ...]


class NotDrained(Struct, frozen=True):
    """How many records a reader had not read when the time was over, by partition."""

    reader: str
    behind: dict[str, int]

    def __str__(self) -> str:
        places = ", ".join(
            f"{place} by {counted(count, 'records')}" for place, count in self.behind.items()
        )
        return f"{self.reader} lags: {places}"


def stages(namespace: str) -> tuple[Stage, ...]:
    """The stream is first: where its outputs end is known only when it has committed its inputs. So it is with what it
    tells rules across queues, and with what these decide.
    """
    return (
        stage_of_stream(namespace, STREAM_INPUTS),
        Stage("stream", reports_group(namespace), _names(namespace, (REPORTS,))),
        stage_of_archive(namespace, ARCHIVE_INPUTS),
    )


def stage_of_stream(namespace: str, topics: Iterable[str]) -> Stage:
    """Its inputs of these names."""
    return Stage("stream", stream_group(namespace), _names(namespace, topics))


def stage_of_archive(namespace: str, topics: Iterable[str]) -> Stage:
    """Its inputs of these names."""
    return Stage("archive", archive_group(namespace), _names(namespace, topics))


def _names(namespace: str, topics: Iterable[str]) -> tuple[str, ...]:
    return tuple(topic_name(topic, namespace) for topic in topics)


def behind(begins: Offsets, ends: Offsets, committed: Offsets) -> dict[TopicPartition, int]:
    """Offsets between each commit and its end. Expired records and empty partitions do not count."""
    lags = {tp: end - max(committed.get(tp, 0), begins.get(tp, 0)) for tp, end in ends.items()}
    return {tp: lag for tp, lag in lags.items() if lag > 0}


def drain(
    bootstrap: str,
    namespace: str,
    timeout_s: float,
    progress: Callable[[str, int], None],
) -> NotDrained | None:
    """None once all is archived that was sent before the call; else what lagged when the time was over.

    `progress` gets the reader and the number of records before it, several times a second.
    """
    deadline = time.monotonic() + timeout_s
    with ExitStack() as stack:
        admin = stack.enter_context(admin_client(bootstrap))
        reader = stack.enter_context(consumer(bootstrap))
        for stage in stages(namespace):
            told = partial(progress, stage.reader)
            if remaining := _wait(admin, reader, stage, _until(deadline, told)):
                return _not_drained(stage, remaining)
    return None


class Lag(Struct, frozen=True):
    """What a reader has not read of one partition."""

    records: int
    oldest_at: int | None  # the broker's time of the first one; None: it could not be read in time


def wait_for_reader(bootstrap: str, stage: Stage, timeout_s: float) -> NotDrained | None:
    """None once the reader has committed what its topics hold now; else what lagged after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    return _waited_for(bootstrap, stage, _until(deadline, lambda _: None))


def wait_while_it_reads(
    bootstrap: str, stage: Stage, still_s: float, tell: Callable[[int], None]
) -> NotDrained | None:
    """None once the reader has committed what its topics hold now; else what lagged when it had read nothing for `still_s`.

    `tell` gets the number of records before it, several times a second.
    """
    return _waited_for(bootstrap, stage, WhileItMoves(still_s, tell, time.monotonic))


class WhileItMoves:
    """Over once the number of records has not become smaller for `still_s`, by `clock` (s)."""

    def __init__(
        self, still_s: float, tell: Callable[[int], None], clock: Callable[[], float]
    ) -> None:
        self._still_s, self._tell, self._clock = still_s, tell, clock
        self._least: int | None = None
        self._since = clock()

    def __call__(self, before: int) -> bool:
        self._tell(before)
        if self._least is None or before < self._least:
            self._least, self._since = before, self._clock()
        return self._clock() - self._since > self._still_s


def _until(deadline: float, tell: Callable[[int], None]) -> IsOver:
    def is_over(before: int) -> bool:
        tell(before)
        return time.monotonic() > deadline

    return is_over


def _waited_for(bootstrap: str, stage: Stage, is_over: IsOver) -> NotDrained | None:
    with admin_client(bootstrap) as admin, consumer(bootstrap) as reader:
        lags = _wait(admin, reader, stage, is_over)
    return _not_drained(stage, lags) if lags else None


def _not_drained(stage: Stage, lags: dict[TopicPartition, int]) -> NotDrained:
    return NotDrained(stage.reader, {f"{tp.topic}-{tp.partition}": lag for tp, lag in lags.items()})


def lag_of(admin: Any, reader: Any, stage: Stage) -> dict[TopicPartition, Lag]:
    """Records that the reader has not read yet, by partition; markers of transactions do not count."""
    partitions = [tp for topic in stage.topics for tp in partitions_of(reader, topic)]
    ends, begins = high_waters(admin, partitions), beginnings(reader, partitions)
    committed = committed_by(admin, stage.group)
    lags = behind(begins, ends, committed)
    found = _with_records(reader, lags, begins, ends, committed)
    return {tp: Lag(lags[tp], oldest_at) for tp, oldest_at in found.items()}


def _wait(admin: Any, reader: Any, stage: Stage, is_over: IsOver) -> dict[TopicPartition, int]:
    partitions = [tp for topic in stage.topics for tp in partitions_of(reader, topic)]
    ends, begins = high_waters(admin, partitions), beginnings(reader, partitions)
    former: dict[TopicPartition, int] = {}
    while True:
        committed = committed_by(admin, stage.group)
        lags = behind(begins, ends, committed)
        # Records are read only when no lag has changed: while the reader makes progress, a second one
        # would only cost time.
        if lags and lags == former:
            real = _with_records(reader, lags, begins, ends, committed)
            ends = {tp: end for tp, end in ends.items() if tp in real}
            lags = {tp: lag for tp, lag in lags.items() if tp in real}
        if is_over(sum(lags.values())) or not lags:
            return lags
        former = lags
        time.sleep(_POLL_S)


def committed_by(admin: Any, group: str) -> dict[TopicPartition, int]:
    """The committed offsets of a group, by partition; a partition without a commit is absent.

    A broker that has just started loads its groups first and refuses to answer; so it is asked again.
    """
    give_up = time.monotonic() + _LOADED_WITHIN_S
    while True:
        try:
            offsets = admin.list_group_offsets([group])[group]
        except _NOT_YET:
            if time.monotonic() > give_up:
                raise
            time.sleep(_POLL_S)
        else:
            return {tp: entry.offset for tp, entry in offsets.items() if entry.offset >= 0}


def _with_records(
    reader: Any,
    lags: Collection[TopicPartition],
    begins: Offsets,
    ends: Offsets,
    committed: Offsets,
) -> dict[TopicPartition, int | None]:
    """The time of the first unread record of each partition that has one, and not only markers.

    A client that commits the offset after its last record stays before the marker of that transaction
    for ever. A partition that cannot be read in time, or may not be read by whoever asks, counts as one with records of
    unknown age (None): the archive, whose topics people need not read, commits positions past markers soon.
    """
    open_ones = set(lags)
    real: dict[TopicPartition, int | None] = {}
    reader.assign(list(open_ones))
    for tp in open_ones:
        reader.seek(tp, max(committed.get(tp, 0), begins.get(tp, 0)))
    give_up = time.monotonic() + _PROBE_S
    while open_ones and time.monotonic() < give_up:
        try:
            polled = reader.poll(timeout_ms=100)
        except TopicAuthorizationFailedError:
            break
        for tp, records in polled.items():
            if tp in open_ones and records and records[0].offset < ends[tp]:
                real[tp] = records[0].timestamp
        open_ones -= real.keys() | {tp for tp in open_ones if reader.position(tp) >= ends[tp]}
        if open_ones:
            reader.pause(*real)
    return real | dict.fromkeys(open_ones)
