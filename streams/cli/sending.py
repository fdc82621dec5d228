"""What the `send` command of any platform does: looks a file through, sends it, or follows it."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from producers.caller_key import CallerKeyError, caller_key
from producers.contract import FinishedFile, LiveSource, Platform
from producers.delivery import WallClock
from producers.following import Follower
from producers.health_hook import HealthHook
from producers.input_file import InputFile, InputFileError
from producers.pace import StoppableClock
from producers.position import PositionError, PositionFile, position_file
from producers.publisher import Publisher, PublishError
from producers.sending import FileSent, send_as_live, send_history, surveyed
from producers.stopping import stopped_by_signals
from producers.survey import Survey, described
from producers.timeline import Marks
from schemas.privacy import TokenKey, key_from_secret
from streams.cli.options import Failure

_INTERRUPTED = "stopped before the end; send again, what arrived is not counted twice"
_FOLLOWER_DELIVERS_S = 15.0  # then it reads again from its position; a stop waits as long
_NO_KEY = key_from_secret(b"nothing that is read with this key leaves the process")
_LONGEST_SOURCE = 100  # it stands in every event


class Destination(Struct, frozen=True):
    """Where events go, and where the key of the callers' tokens is."""

    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None

    def key(self) -> TokenKey:
        try:
            return caller_key(self.data, self.caller_key_file)
        except CallerKeyError as error:
            raise Failure(str(error)) from None


class Input(Struct, frozen=True):
    """A file of a platform, with the platform's own options and the name that was asked for."""

    name: str
    platform: Platform
    path: Path
    given: Mapping[str, Any]
    source: str | None = None

    def source_name(self) -> str:
        default = self.platform.default_source or f"{self.name}:{InputFile(self.path).stem}"
        source = self.source or default
        if len(source) > _LONGEST_SOURCE:
            raise click.UsageError(f"--source: at most {_LONGEST_SOURCE} characters")
        return source

    def open(self, key: TokenKey) -> FinishedFile:
        return self.platform.open(self.path, self.source_name(), key, self.given)

    def follow(self, key: TokenKey) -> LiveSource:
        return self.platform.follow(self.path, self.source_name(), key, self.given)


def survey_of(wanted: Input) -> tuple[Survey, FinishedFile]:
    """What would be sent of a file, and refused; nothing is sent and no key is made."""
    try:
        file = wanted.open(_NO_KEY)
        return surveyed(file, _now(), sys.stderr), file
    except InputFileError as error:
        raise Failure(str(error)) from None


def explain(wanted: Input) -> None:
    """`--dry-run`."""
    survey, file = survey_of(wanted)
    still_open = f", {survey.open_legs:,} still open" if survey.open_legs else ""
    print(
        f"{wanted.path}: nothing sent; {survey.legs:,} legs, {survey.refusals:,} {file.unit}"
        f" refused{still_open}"
    )
    for line in described(survey, ZoneInfo(file.time_zone)):
        print(line)


def send_file(wanted: Input, place: Destination, *, is_live: bool, replay: bool) -> None:
    """A finished file, as history or as live traffic."""
    key = place.key()
    clock = WallClock(_now, time.sleep)
    try:
        file = wanted.open(key)
        with Publisher(place.bootstrap, place.namespace) as publisher:
            if is_live:
                marks = Marks(file.source, replay)
                done = send_as_live(file, marks, publisher, clock, sys.stderr)
            else:
                done = send_history(file, publisher, clock, sys.stderr)
    except (InputFileError, PublishError) as error:
        raise Failure(str(error)) from None
    except KeyboardInterrupt:
        raise Failure(_INTERRUPTED) from None
    print(summary(done, file, is_live=is_live))


def follow_live(
    wanted: Input, position: Path | None, place: Destination, hook: HealthHook | None
) -> None:
    """Until Ctrl-C or SIGTERM."""
    live = wanted.follow(place.key())
    clock = StoppableClock()

    def connect() -> Publisher:
        return Publisher(place.bootstrap, place.namespace, delivered_within_s=_FOLLOWER_DELIVERS_S)

    default = position_file(place.data, place.namespace, wanted.name, live.source)
    try:
        live.check()
        file = PositionFile(position or default, live.source)
        with file, stopped_by_signals(clock):
            follower = Follower(wanted.name, live, file, connect, clock, sys.stderr)
            follower.check_position()
            stop = hook.start(place.bootstrap, place.namespace, follower.health) if hook else None
            try:
                follower.run()
            finally:
                if stop is not None:
                    stop()
    except (InputFileError, PositionError, PublishError) as error:
        raise Failure(str(error)) from None
    done = follower.counts
    print(
        f"{done.records:,} lines read ({done.sent.events:,} events, {done.sent.ticks:,} ticks),"
        f" {done.refused:,} in quarantine"
    )


def summary(done: FileSent, file: FinishedFile, *, is_live: bool) -> str:
    """What became of every record, in one line."""
    counts, sent = done.counts, done.sent
    parts = [f"{counts.legs + (counts.open_legs if is_live else 0):,} legs sent"]
    if is_live:
        parts[0] += f" ({sent.events:,} events, {sent.ticks:,} ticks)"
    if sent.stopped:
        parts = [f"stopped after {sent.events:,} events"]
    quarantined = f"{counts.refused:,} {file.unit} in quarantine"
    if counts.first_refusal:
        quarantined += f" (first: {counts.first_refusal})"
    parts.append(quarantined)
    if counts.open_legs:
        parts.append(f"{counts.open_legs:,} still open{'' if is_live else ', not sent'}")
    return ", ".join((*parts, *file.notes()))


def _now() -> int:
    return time.time_ns() // 1_000_000
