"""Process `send`: a platform's file is looked through, sent, or followed; put together for every platform.

Nothing is printed here but progress, on the stream that is handed in. What goes wrong is an exception
whose text is one line: SourceNameError (wrong use), InterruptedSendError, CallerKeyError,
InputFileError, PositionError, PublishError.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import randbits
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace as changed

from producers.caller_key import FILE_NAME, caller_key
from producers.contract import FinishedFile, LiveSource, Platform
from producers.following import Follower
from producers.handing_over import WallClock
from producers.input_file import InputFile, InputFileError
from producers.joined_files import JoinedFiles
from producers.loose_ends import go_on_with_loose_ends, loose_ends_file, write_loose_ends
from producers.open_delivery import FollowedDelivery, delivered_files, delivering
from producers.pace import StoppableClock
from producers.position import PositionFile, position_file
from producers.publisher import Publisher
from producers.sending import FileSent, nobody_asked, send_as_live, send_history, surveyed
from producers.session import LiveCounts
from producers.stopping import stopped_by_signals
from producers.survey import Survey, described
from producers.timeline import Marks
from schemas.counted import counted
from schemas.deliveries import DeliveryCounts, begun
from schemas.privacy import TokenKey, key_from_secret
from streams.plumbing.health_reports import HealthReporter
from streams.plumbing.wall_clock import now_ms
from streams.processes.asking import AskArchive, asking
from streams.processes.landing import wait_until_landed

_FOLLOWER_DELIVERS_S = (
    15.0  # longest wait for Kafka, also at a stop; then it reads again from its position
)
_NO_KEY = key_from_secret(b"nothing that is read with this key leaves the process")
_LONGEST_SOURCE = 100  # characters: the name is part of every event


class SourceNameError(Exception):
    """The name of the source cannot be used."""


class InterruptedSendError(Exception):
    """Ctrl-C before everything was sent."""


class Destination(Struct, frozen=True):
    """Where events go, and where the key of the callers' tokens is.

    `expects_archive`: the archive was named, or has run on `data`: that it does not answer is a fault.
    """

    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None
    archive: Callable[[], Any] | None = None  # makes a reader of the archive; None: it is not asked
    expects_archive: bool = False

    def key(self) -> TokenKey:
        return caller_key(self.data, self.caller_key_file)

    @contextmanager
    def asking(self) -> Iterator[AskArchive | None]:
        if self.archive is None:
            yield None
            return
        with asking(self.archive) as ask:
            yield ask


class Input(Struct, frozen=True):
    """Files of a platform, with the platform's own options and the name of the source that was asked for.

    `fetched_from`: where their records were fetched from, for people; empty: they are files of theirs.
    """

    name: str
    platform: Platform
    paths: tuple[Path, ...]
    given: Mapping[str, Any]
    source: str | None = None
    fetched_from: str = ""

    @property
    def shown(self) -> str:
        if self.fetched_from:
            return self.fetched_from
        more = len(self.paths) - 1
        return str(self.paths[0]) + (f" and {more} more" if more else "")

    def source_name(self) -> str:
        default = self.platform.default_source or f"{self.name}:{InputFile(self.paths[0]).stem}"
        source = self.source or default
        if len(source) > _LONGEST_SOURCE:
            raise SourceNameError(f"--source: at most {_LONGEST_SOURCE} characters")
        return source

    def open(self, key: TokenKey) -> FinishedFile:
        """One file, or several as if they were one."""
        source = self.source_name()
        files = [self.platform.open(path, source, key, self.given) for path in self.paths]
        named = self.given.get("encoding")
        if named and any(file.file.encoding != named for file in files):
            raise InputFileError(
                f"--encoding: platform {self.name} does not read files in a named encoding; convert"
                f" {self.paths[0]} to the one that it expects"
            )
        return files[0] if len(files) == 1 else JoinedFiles(files)

    def follow(self, key: TokenKey) -> LiveSource:
        return self.platform.follow(self.paths[0], self.source_name(), key, self.given)


def survey_of(wanted: Input, stream: TextIO) -> tuple[Survey, FinishedFile]:
    """What would be sent of a file, and refused; nothing is sent and no key is made."""
    file = wanted.open(_NO_KEY)
    return surveyed(file, now_ms(), stream)[0], file


class Told(Struct, frozen=True):
    """What is printed of a file, and whether all of it counts: nothing was refused, collided, or sent unasked."""

    lines: tuple[str, ...]
    is_clean: bool
    remark: str = ""


def explained(wanted: Input, place: Destination, stream: TextIO) -> Told:
    """`--dry-run`. The archive is asked only if there is a key: without one it has no token of ours."""
    has_key = place.caller_key_file is not None or (place.data / FILE_NAME).exists()
    file = wanted.open(place.key() if has_key else _NO_KEY)
    kept = loose_ends_file(place.data, place.namespace, wanted.name, file.source)
    if has_key:
        go_on_with_loose_ends(file, kept)
    with place.asking() as ask:
        can_ask = ask is not None and has_key
        survey, counts = surveyed(file, now_ms(), stream, ask if can_ask and ask else nobody_asked)
        hours = {} if ask is None else ask.hours(survey.last or now_ms())
        problem = ask.problem if ask and can_ask and place.expects_archive else ""
    refused = f"{counted(counts.refused, file.unit)} refused"
    what = ", ".join((*counts.in_words(), refused))
    lines = (
        f"{wanted.shown}: nothing sent; {what}",
        *file.notes(),
        *described(survey, ZoneInfo(file.time_zone), hours),
    )
    return Told(lines, counts.is_clean, _uncompared(problem))


def send_file(
    wanted: Input,
    place: Destination,
    stream: TextIO,
    *,
    is_live: bool,
    replay: bool,
    begin: dt.time | None = None,
) -> Told:
    """Send a finished file, as history or as live traffic; `begin`: where in its day a replay begins."""
    key = place.key()
    clock = WallClock(now_ms, time.sleep)
    try:
        file = wanted.open(key)
        kept = loose_ends_file(place.data, place.namespace, wanted.name, file.source)
        if not replay:
            go_on_with_loose_ends(file, kept)
        problem, lag = "", ""
        counts = DeliveryCounts()
        delivery = begun(
            at=now_ms(),
            chance=randbits(16),
            platform=wanted.name,
            source=file.source,
            feed="live" if is_live else "history",
            counts=counts,
            files=delivered_files(wanted.paths, wanted.fetched_from),
            replay=replay,
        )
        with (
            Publisher(place.bootstrap, place.namespace) as publisher,
            delivering(delivery, publisher, now_ms),
        ):
            if is_live:
                marks = Marks(file.source, replay)
                done = send_as_live(file, marks, publisher, clock, stream, begin, counts=counts)
            else:
                with place.asking() as ask:
                    if ask and place.expects_archive and ask.wait(clock, stream):
                        lag = wait_until_landed(place.bootstrap, place.namespace, clock, stream)
                    done = send_history(
                        file,
                        publisher,
                        clock,
                        stream,
                        ask or nobody_asked,
                        delivery=delivery.delivery_id,
                        counts=counts,
                    )
                problem = ask.problem if ask else ""
        if not replay:
            lefts = [changed(each, delivery=delivery.delivery_id) for each in file.left_by_each()]
            write_loose_ends(kept, file.source, lefts)
    except KeyboardInterrupt:
        raise InterruptedSendError(
            "stopped before the end; send again, what arrived is not counted twice"
        ) from None
    is_clean = done.counts.is_clean and not (lag or (problem and place.expects_archive))
    told = file_summary(done, file, is_live=is_live), f"delivery {delivery.delivery_id}"
    return Told(told, is_clean, _unasked(problem, lag, delivery.delivery_id))


def _uncompared(problem: str) -> str:
    """What the words of a dry run leave open; empty where there was no problem."""
    if not problem:
        return ""
    return (
        f"what history knows of these calls could not be asked: {problem}. So nobody knows which of them are new, known"
        " already or collide"
    )


def _unasked(problem: str, lag: str, delivery: str) -> str:
    """What it means that calls were sent without asking, or before history knew those sent before (`lag`), and how it is undone;
    empty where there was no problem.
    """
    if not problem and lag:
        return (
            f"history does not know yet all that was sent before: {lag}. This file was sent all the same: what it leaves out of"
            " calls that were still on their way is gone from them, and none was compared with another one of its id. If"
            f" some were: `queuewatch deliveries withdraw {delivery}` after `queuewatch drain`, then send again"
        )
    if not problem:
        return ""
    return (
        f"what history knows of these calls could not be asked: {problem}. They were sent all the same: what this file"
        " leaves out of calls that history knew is gone from it, and none was compared with another one of its id. If"
        f" some were known: `queuewatch deliveries withdraw {delivery}` once the archive answers, then send again"
    )


def follow_live(wanted: Input, position: Path | None, place: Destination, stream: TextIO) -> str:
    """Send what a live platform tells until Ctrl-C or SIGTERM; returns a summary."""
    live = wanted.follow(place.key())
    clock = StoppableClock()

    def connect() -> Publisher:
        return Publisher(place.bootstrap, place.namespace, delivered_within_s=_FOLLOWER_DELIVERS_S)

    default = position_file(place.data, place.namespace, wanted.name, live.source)
    live.check()
    file = PositionFile(position or default, live.source)
    with file, stopped_by_signals(clock):
        delivery = FollowedDelivery(
            begun(
                at=now_ms(),
                chance=randbits(16),
                platform=wanted.name,
                source=live.source,
                feed="live",
                counts=DeliveryCounts(),
            )
        )
        follower = Follower(wanted.name, live, file, connect, clock, stream, delivery)
        follower.check_position()
        reporter = HealthReporter(place.bootstrap, place.namespace, follower.health, "kafka-python")
        reporter.start()
        try:
            follower.run()
        finally:
            reporter.stop()
    return ", ".join((live_summary(follower.counts), *live.notes()))


def file_summary(done: FileSent, file: FinishedFile, *, is_live: bool) -> str:
    """What became of every record of a file, in one line."""
    counts, sent = done.counts, done.sent
    legs, *rest = counts.in_words()
    legs += " sent"
    if is_live:
        legs += f" ({sent.events:,} events, {sent.ticks:,} ticks)"
    parts = [legs, *rest]
    if sent.stopped:
        parts = [f"stopped after {sent.events:,} events"]
    quarantined = f"{counted(counts.refused, file.unit)} in quarantine"
    if counts.first_refusal:
        quarantined += f" (first: {counts.first_refusal})"
    replayed = (sent.replayed,) if sent.replayed else ()
    return ", ".join((*parts, quarantined, *file.notes(), *replayed))


def live_summary(done: LiveCounts) -> str:
    """What became of every line of a live platform since the process began."""
    return (
        f"{done.records:,} lines read ({done.sent.events:,} events, {done.sent.ticks:,} ticks),"
        f" {done.refused:,} in quarantine"
    )
