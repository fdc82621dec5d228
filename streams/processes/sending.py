"""Process `send`: a platform's file is looked through, sent, or followed; put together for every platform.

Nothing is printed here but progress, on the stream that is handed in. What goes wrong is an exception
whose text is one line: SourceNameError (wrong use), InterruptedSendError, CallerKeyError,
InputFileError, PositionError, PublishError.
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct

from producers.caller_key import caller_key
from producers.contract import FinishedFile, LiveSource, Platform
from producers.delivery import WallClock
from producers.following import Follower
from producers.input_file import InputFile
from producers.joined_files import JoinedFiles, go_on_after
from producers.loose_ends import loose_ends_file, read_loose_ends, write_loose_ends
from producers.pace import StoppableClock
from producers.position import PositionFile, position_file
from producers.publisher import Publisher
from producers.sending import FileSent, send_as_live, send_history, surveyed
from producers.session import LiveCounts
from producers.stopping import stopped_by_signals
from producers.survey import Survey, described
from producers.timeline import Marks
from schemas.privacy import TokenKey, key_from_secret
from streams.plumbing.health_reports import HealthReporter
from streams.plumbing.wall_clock import now_ms

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
    """Where events go, and where the key of the callers' tokens is."""

    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None

    def key(self) -> TokenKey:
        return caller_key(self.data, self.caller_key_file)


class Input(Struct, frozen=True):
    """Files of a platform, with the platform's own options and the name of the source that was asked for."""

    name: str
    platform: Platform
    paths: tuple[Path, ...]
    given: Mapping[str, Any]
    source: str | None = None

    @property
    def shown(self) -> str:
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
        return files[0] if len(files) == 1 else JoinedFiles(files)

    def follow(self, key: TokenKey) -> LiveSource:
        return self.platform.follow(self.paths[0], self.source_name(), key, self.given)


def survey_of(wanted: Input, stream: TextIO) -> tuple[Survey, FinishedFile]:
    """What would be sent of a file, and refused; nothing is sent and no key is made."""
    file = wanted.open(_NO_KEY)
    return surveyed(file, now_ms(), stream), file


def explained(wanted: Input, stream: TextIO) -> Iterator[str]:
    """The lines of `--dry-run`."""
    survey, file = survey_of(wanted, stream)
    still_open = f", {survey.open_legs:,} of them still open at its end" if survey.open_legs else ""
    yield (
        f"{wanted.shown}: nothing sent; {survey.legs:,} legs{still_open}, {survey.refusals:,} {file.unit}"
        " refused"
    )
    yield from file.notes()
    yield from described(survey, ZoneInfo(file.time_zone))


def send_file(
    wanted: Input, place: Destination, stream: TextIO, *, is_live: bool, replay: bool
) -> str:
    """Send a finished file, as history or as live traffic; returns its summary."""
    key = place.key()
    clock = WallClock(now_ms, time.sleep)
    try:
        file = wanted.open(key)
        kept = loose_ends_file(place.data, place.namespace, wanted.name, file.source)
        before = read_loose_ends(kept, file.source)
        if before is not None:
            go_on_after(file, before)
        with Publisher(place.bootstrap, place.namespace) as publisher:
            if is_live:
                marks = Marks(file.source, replay)
                done = send_as_live(file, marks, publisher, clock, stream)
            else:
                done = send_history(file, publisher, clock, stream)
        left = None if replay else file.left_behind()
        if left is not None:
            write_loose_ends(kept, file.source, left)
    except KeyboardInterrupt:
        raise InterruptedSendError(
            "stopped before the end; send again, what arrived is not counted twice"
        ) from None
    return file_summary(done, file, is_live=is_live)


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
        follower = Follower(wanted.name, live, file, connect, clock, stream)
        follower.check_position()
        reporter = HealthReporter(place.bootstrap, place.namespace, follower.health)
        reporter.start()
        try:
            follower.run()
        finally:
            reporter.stop()
    return ", ".join((live_summary(follower.counts), *live.notes()))


def file_summary(done: FileSent, file: FinishedFile, *, is_live: bool) -> str:
    """What became of every record of a file, in one line."""
    counts, sent = done.counts, done.sent
    parts = [f"{counts.legs:,} legs sent"]
    if is_live:
        parts[0] += f" ({sent.events:,} events, {sent.ticks:,} ticks)"
    if counts.open_legs:
        parts[0] += f", {counts.open_legs:,} of them still open at its end"
    if sent.stopped:
        parts = [f"stopped after {sent.events:,} events"]
    quarantined = f"{counts.refused:,} {file.unit} in quarantine"
    if counts.first_refusal:
        quarantined += f" (first: {counts.first_refusal})"
    parts.append(quarantined)
    return ", ".join((*parts, *file.notes()))


def live_summary(done: LiveCounts) -> str:
    """What became of every line of a live platform since the process began."""
    return (
        f"{done.records:,} lines read ({done.sent.events:,} events, {done.sent.ticks:,} ticks),"
        f" {done.refused:,} in quarantine"
    )
