"""`queuewatch send`: calls from files and simulators into Kafka."""

import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from schemas.health import Health
from streams.cli import options
from streams.cli.inputs import mapping_of, surveyed_queue_log, surveyed_records
from streams.cli.options import Failure

if TYPE_CHECKING:
    from producers.delivery import Clock, Delivered
    from producers.records.reading import Tally
    from producers.survey import Survey
    from schemas.privacy import TokenKey

_INTERRUPTED = "stopped before the end; send again, what arrived is not counted twice"
_FOLLOWER_DELIVERS_S = 15.0  # then it reads again from its position; a stop waits as long
_SOURCES = {
    "records": "call records, one row a leg",
    "queue-log": "Asterisk's queue log",
    "simulate": "a simulated municipality",
}

_caller_key_file = click.option(
    "--caller-key-file", envvar="QUEUEWATCH_CALLER_KEY_FILE", default=None, metavar="FILE",
    type=click.Path(path_type=Path),
    help="Secret behind the callers' tokens.  [default: caller.key under --data, made once]",
)  # fmt: skip


class Place(Struct, frozen=True):
    """Where events go, and where the key of the callers' tokens is."""

    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None


class Outcome(Struct, frozen=True):
    """What the summary says of a file; `unit` is what one of its rows is called."""

    legs: int
    open_legs: int
    refused: int
    first_refusal: str
    unit: str
    notes: tuple[str, ...] = ()


def _place(run: Callable[..., None]) -> Callable[..., None]:
    """The options of a `Place`, handed over as one argument."""

    @options.kafka
    @options.namespace
    @options.data
    @_caller_key_file
    @wraps(run)
    def with_place(
        bootstrap: str, namespace: str, data: Path, caller_key_file: Path | None, **rest: Any
    ) -> None:
        run(place=Place(bootstrap, namespace, data, caller_key_file), **rest)

    return with_place


feed = click.option(
    "--feed", type=click.Choice(["history", "live"]), default=None,
    help="history: back-fill, one event a leg. live: unpacked and merged by time, moves walls."
    "  [default: history]",
)  # fmt: skip
replay = click.option(
    "--replay", is_flag=True,
    help="Live, moved by whole weeks, days or seconds so that it happens now, marked as a replay.",
)  # fmt: skip
dry_run = click.option(
    "--dry-run", is_flag=True,
    help="Send nothing; say what would be sent, by queue, and what would be refused, by reason.",
)  # fmt: skip


class Sources(click.Group):
    """`simulate` lives with the simulator and is loaded only when wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_SOURCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "simulate":
            return super().get_command(ctx, cmd_name)
        found = import_module("producers.simulate.command").simulate
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_SOURCES.items()))


@click.group(name="send", cls=Sources)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Send calls from files or a simulator.

    \b
    Example:
      queuewatch send records yesterday.csv
    """
    if ctx.invoked_subcommand == "simulate":
        ctx.obj = _health_hook()


def _health_hook() -> object:
    """How the simulator, which runs for days, says how it is; files are sent and done."""
    from producers.simulate.command import HealthHook
    from streams.plumbing.health_reports import HealthReporter

    def start(bootstrap: str, namespace: str, read: Callable[[], Health]) -> Callable[[], None]:
        reporter = HealthReporter(bootstrap, namespace, read)
        reporter.start()
        return reporter.stop

    return HealthHook(start)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), default=None,
              metavar="FILE.toml", help="Other columns, times, words; deploy/mappings/example.toml.")  # fmt: skip
@feed
@replay
@dry_run
@click.option("--source", default=None, metavar="NAME",
              help="Who reports.  [default: records:<name of the file>]")  # fmt: skip
@_place
def records(
    file: Path, mapping_file: Path | None, feed: str | None, replay: bool, dry_run: bool,
    source: str | None, place: Place,
) -> None:  # fmt: skip
    """Send call records: CSV (or gzipped), one row a leg, rows in any order.

    Times without an offset are read as UTC unless a mapping names their zone. Bad rows go to
    quarantine and are counted. Other columns: `queuewatch mapping init`.

    \b
    Example:
      queuewatch send records yesterday.csv.gz --mapping ours.toml
    """
    from producers.input_file import InputFile, InputFileError
    from producers.publisher import Publisher, PublishError
    from producers.records.reading import RecordsFile
    from producers.records.sending import send_as_live, send_history
    from producers.timeline import Marks

    is_live = _is_live(feed, replay=replay)
    mapping = mapping_of(mapping_file)
    if dry_run:
        zone = ZoneInfo(mapping.time_zone or "UTC")
        _explain(file, surveyed_records(file, mapping), "rows", zone)
        return
    key = _key(place)
    text = InputFile(file, mapping.encoding)
    name = _source(source, f"records:{text.stem}")
    try:
        found = RecordsFile(text, mapping, key, name)
        with Publisher(place.bootstrap, place.namespace) as publisher:
            if is_live:
                sent = send_as_live(found, Marks(name, replay), publisher, _clock(), sys.stderr)
            else:
                sent = send_history(found, publisher, _clock(), sys.stderr)
    except (InputFileError, PublishError) as error:
        raise Failure(str(error)) from None
    except KeyboardInterrupt:
        raise Failure(_INTERRUPTED) from None
    print(_summary(_outcome(sent.tally), sent.delivered, is_live=is_live))


@command.command(name="queue-log")
@click.argument("file", type=click.Path(path_type=Path))
@feed
@replay
@dry_run
@click.option("--follow", is_flag=True,
              help="Live, for ever: what Asterisk writes from now on, over rotations and restarts.")  # fmt: skip
@click.option("--position", "position_file", type=click.Path(path_type=Path), default=None,
              metavar="FILE", help="Where --follow notes how far it has read."
              "  [default: queue-log-SOURCE.json under --data]")  # fmt: skip
@click.option("--source", default="asterisk", show_default=True, metavar="NAME",
              help="The node that wrote the log.")  # fmt: skip
@_place
def queue_log(
    *, file: Path, feed: str | None, replay: bool, dry_run: bool, follow: bool,
    position_file: Path | None, source: str, place: Place,
) -> None:  # fmt: skip
    """Send a finished queue_log of Asterisk (any version, also gzipped), or follow a growing one.

    With --follow the feed is live. The first time it begins where the file begins, later where it
    stopped, in whatever the file is called by then; it may be killed at any moment.

    \b
    Examples:
      queuewatch send queue-log /var/log/asterisk/queue_log
      queuewatch send queue-log /var/log/asterisk/queue_log --follow
    """
    if follow:
        _no_other_feed(feed, replay=replay, dry_run=dry_run)
        _follow(file, position_file, _source(source, "asterisk"), place)
        return
    if position_file is not None:
        raise click.UsageError("--position is for --follow")
    from producers.asterisk.sending import QueueLog, send_as_live, send_history
    from producers.input_file import InputFile, InputFileError
    from producers.publisher import Publisher, PublishError
    from producers.timeline import Marks

    is_live = _is_live(feed, replay=replay)
    if dry_run:
        _explain(file, surveyed_queue_log(file), "lines", ZoneInfo("UTC"))
        return
    key, name = _key(place), _source(source, "asterisk")
    try:
        log = QueueLog(InputFile(file, errors="backslashreplace"), key, name)
        with Publisher(place.bootstrap, place.namespace) as publisher:
            if is_live:
                marks = Marks(name, replay)
                tally, delivered = send_as_live(log, marks, publisher, _clock(), sys.stderr)
            else:
                tally, delivered = send_history(log, name, publisher, _clock(), sys.stderr)
    except (InputFileError, PublishError) as error:
        raise Failure(str(error)) from None
    except KeyboardInterrupt:
        raise Failure(_INTERRUPTED) from None
    outcome = Outcome(tally.legs, tally.open_legs, tally.strange, tally.first_strange, "lines")
    print(_summary(outcome, delivered, is_live=is_live))


def _follow(path: Path, position: Path | None, source: str, place: Place) -> None:
    """Until Ctrl-C or SIGTERM."""
    from producers.asterisk.following import Follower, check_log
    from producers.asterisk.position import PositionError, PositionFile, position_file
    from producers.asterisk.session import Log
    from producers.input_file import InputFileError
    from producers.pace import Clock as StoppableClock
    from producers.publisher import Publisher, PublishError
    from producers.stopping import stopped_by_signals
    from streams.plumbing.health_reports import HealthReporter

    log = Log(path, source, _key(place))
    clock = StoppableClock()

    def connect() -> Publisher:
        return Publisher(place.bootstrap, place.namespace, delivered_within_s=_FOLLOWER_DELIVERS_S)

    try:
        check_log(log)
        file = PositionFile(position or position_file(place.data, place.namespace, source), source)
        with file, stopped_by_signals(clock):
            file.read()  # what is wrong with it must not wait for Kafka
            follower = Follower(log, file, connect, clock, sys.stderr)
            reporter = HealthReporter(place.bootstrap, place.namespace, follower.health)
            reporter.start()
            try:
                follower.run()
            finally:
                reporter.stop()
    except (InputFileError, PositionError, PublishError) as error:
        raise Failure(str(error)) from None
    done = follower.tally
    print(f"{done.lines:,} lines read ({done.sent.events:,} events, {done.sent.ticks:,} ticks),"
          f" {done.strange:,} in quarantine")  # fmt: skip


def _no_other_feed(feed: str | None, *, replay: bool, dry_run: bool) -> None:
    if feed == "history":
        raise click.UsageError("--follow is live: leave out --feed history")
    if replay:
        raise click.UsageError("--follow shows what happens now: leave out --replay")
    if dry_run:
        raise click.UsageError("--dry-run is for a finished file: leave out --follow")


def _outcome(tally: "Tally") -> Outcome:
    notes: tuple[str, ...] = ()
    if tally.left_out:
        notes += (f"{tally.left_out:,} rows skipped by the mapping",)
    if tally.read_as_utc:
        notes += ("times without an offset were read as UTC",)
    if tally.made_ids:
        notes += ("leg ids made from queue, arrival and caller",)
    return Outcome(tally.legs, tally.open_legs, tally.refused, tally.first_refusal, "rows", notes)


def _explain(file: Path, survey: "Survey", unit: str, zone: ZoneInfo) -> None:
    from producers.survey import described

    still_open = f", {survey.open_legs:,} still open" if survey.open_legs else ""
    print(
        f"{file}: nothing sent; {survey.legs:,} legs, {survey.refusals:,} {unit} refused{still_open}"
    )
    for line in described(survey, zone):
        print(line)


def _is_live(feed: str | None, *, replay: bool) -> bool:
    if replay and feed == "history":
        raise click.UsageError("--replay is live: leave out --feed history")
    return replay or feed == "live"


def _source(given: str | None, default: str) -> str:
    name = given or default
    if not 0 < len(name) <= 100:  # noqa: PLR2004 - it stands in every event
        raise click.UsageError("--source: at most 100 characters")
    return name


def _key(place: Place) -> "TokenKey":
    from producers.caller_key import CallerKeyError, caller_key

    try:
        return caller_key(place.data, place.caller_key_file)
    except CallerKeyError as error:
        raise Failure(str(error)) from None


def _clock() -> "Clock":
    from producers.delivery import Clock

    return Clock(lambda: time.time_ns() // 1_000_000, time.sleep)


def _summary(outcome: Outcome, delivered: "Delivered", *, is_live: bool) -> str:
    parts = [f"{outcome.legs + (outcome.open_legs if is_live else 0):,} legs sent"]
    if is_live:
        parts[0] += f" ({delivered.events:,} events, {delivered.ticks:,} ticks)"
    if delivered.stopped:
        parts = [f"stopped after {delivered.events:,} events"]
    quarantined = f"{outcome.refused:,} {outcome.unit} in quarantine"
    if outcome.first_refusal:
        quarantined += f" (first: {outcome.first_refusal})"
    parts.append(quarantined)
    if outcome.open_legs:
        parts.append(f"{outcome.open_legs:,} still open{'' if is_live else ', not sent'}")
    parts += outcome.notes
    return ", ".join(parts)
