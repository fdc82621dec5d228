"""`queuewatch send`: one command for each platform, made from what the platform declares."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from producers.health_hook import HealthHook, Read
from producers.platforms import PlatformError, load, named, platforms
from streams.cli import options
from streams.cli.inputs import as_exit_codes
from streams.cli.options import Failure

if TYPE_CHECKING:
    from producers.contract import Option, Platform


def _time_of_day(_: click.Context, __: click.Parameter, given: str | None) -> time | None:
    if given is None:
        return None
    try:
        return datetime.strptime(given, "%H:%M").time()  # noqa: DTZ007 - the file's zone is set later
    except ValueError:
        raise click.BadParameter(f'"{given}" is no time of day such as 09:00') from None


def _file(platform: "Platform") -> "Option":
    required = (
        not platform.fetches
    )  # else it is looked for in `_inputs`, which knows what else was given
    metavar = "FILE..." if required else "[FILE...]"
    return click.argument("files", metavar=metavar, nargs=-1, required=required)


def _encoding(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    from producers.encodings import is_encoding

    if given is not None and not is_encoding(given):
        raise click.BadParameter(f'unknown encoding "{given}" (for example utf-8 or cp1252)')
    return given


_ENCODING = click.option(
    "--encoding",
    default=None,
    callback=_encoding,
    metavar="NAME",
    help="Encoding of the files, such as utf-16 or cp1252.  [default: found by trial, or utf-8]",
)
_FEED = (
    click.option(
        "--feed",
        type=click.Choice(["history", "live"]),
        default=None,
        help="history: back-fill, one event a leg. live: unpacked and merged by time, moves walls."
        "  [default: history]",
    ),
    click.option(
        "--replay",
        is_flag=True,
        help="Live, moved by whole weeks, days or seconds so that it happens now, marked as a replay.",
    ),
    click.option(
        "--at",
        default=None,
        callback=_time_of_day,
        metavar="HH:MM",
        help="With --replay: this time of day of the file's first day is now, on the clock of its zone.",
    ),
    click.option(
        "--dry-run",
        is_flag=True,
        help="Send nothing; say what would be sent, by queue, and what would be refused, by reason.",
    ),
    click.option(
        "--accept",
        is_flag=True,
        help="Exit code 0 although rows were refused or collide, or the archive did not answer or lags. It is said all the same.",
    ),
)


class Platforms(click.Group):
    """Loads a platform only when its command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [platform.name for platform in platforms().listed]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        try:
            listed = named(cmd_name)
            found = None if listed is None else load(listed)
        except PlatformError as error:
            raise Failure(str(error)) from None
        if found is None or isinstance(found, click.Command):
            return found
        return _command_of(cmd_name, found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        known = platforms()
        with formatter.section("Commands"):
            formatter.write_dl([(platform.name, platform.summary) for platform in known.listed])
        for problem in known.left_out.values():
            formatter.write_paragraph()
            formatter.write_text(problem)


@click.group(name="send", cls=Platforms)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Send calls from files or a simulator.

    \b
    Example:
      queuewatch send records yesterday.csv
    """
    ctx.obj = HealthHook(_report)


def _report(bootstrap: str, namespace: str, read: Read) -> Callable[[], None]:
    from streams.plumbing.health_reports import HealthReporter

    reporter = HealthReporter(bootstrap, namespace, read, "kafka-python")
    reporter.start()
    return reporter.stop


def _command_of(name: str, platform: "Platform") -> click.Command:
    """The command of a platform with files: the shared options and its own."""
    run: Callable[..., None] = partial(_run, name, platform)
    declared: tuple[Option, ...] = (
        _file(platform),
        *platform.options,
        _ENCODING,
        *_FEED,
        *_follow(name, platform),
        _source(name, platform),
        options.kafka,
        options.namespace,
        options.data,
        options.caller_key_file,
        options.clickhouse,
        options.query_port,
    )
    for option in reversed(declared):
        run = option(run)
    make = click.command(name=name, help=cleandoc(platform.help))
    return make(run)


def _follow(name: str, platform: "Platform") -> "tuple[Option, ...]":
    if not platform.follows:
        return ()
    return (
        click.option("--follow", is_flag=True, help=platform.follows),
        click.option(
            "--position",
            "position_file",
            type=click.Path(path_type=Path),
            default=None,
            metavar="FILE",
            help="Where --follow notes how far it has read."
            f"  [default: {name}-SOURCE.json under --data]",
        ),
    )


def _source(name: str, platform: "Platform") -> "Option":
    if platform.default_source:
        return click.option(
            "--source",
            default=platform.default_source,
            show_default=True,
            metavar="NAME",
            help="The node that wrote the log.",
        )
    return click.option(
        "--source",
        default=None,
        metavar="NAME",
        help=f"Who reports.  [default: {name}:<name of the file>]",
    )


class SendOptions(Struct, frozen=True, kw_only=True):
    """The options that all platforms with files share."""

    files: tuple[str, ...]
    feed: str | None
    replay: bool
    at: time | None
    dry_run: bool
    source: str | None
    bootstrap: str
    namespace: str
    data: Path
    caller_key_file: Path | None
    query_port: int
    clickhouse_url: str | None
    accept: bool
    follow: bool = False
    position_file: Path | None = None


def _run(name: str, platform: "Platform", /, **given: Any) -> None:
    """`given`: the shared options, and those of the platform."""
    from streams.cli.history import archive_reader  # a sender that stays asks for no report
    from streams.processes.sending import Destination, Input, explained, follow_live, send_file
    from streams.sinks.clickhouse.query_server import TOKEN_FILE

    shared = {field: given.pop(field) for field in SendOptions.__struct_fields__ if field in given}
    asked = SendOptions(**shared)
    _check(asked, given.get("encoding"))
    archive = partial(archive_reader, asked.data, asked.query_port, asked.clickhouse_url)
    place = Destination(
        asked.bootstrap,
        asked.namespace,
        asked.data,
        asked.caller_key_file,
        archive,
        expects_archive=asked.clickhouse_url is not None or (asked.data / TOKEN_FILE).exists(),
    )
    with as_exit_codes(), _inputs(asked, platform, given) as (paths, fetched_from):
        wanted = Input(name, platform, paths, given, asked.source, fetched_from)
        if asked.follow:
            print(follow_live(wanted, asked.position_file, place, sys.stderr))
            return
        if asked.dry_run:
            told = explained(wanted, place, sys.stderr)
        else:
            is_live = asked.replay or asked.feed == "live"
            told = send_file(
                wanted, place, sys.stderr, is_live=is_live, replay=asked.replay, begin=asked.at
            )
        for line in told.lines:
            print(line)
        if told.remark:
            print(f"queuewatch: {told.remark}", file=sys.stderr)
    if not (told.is_clean or asked.accept):
        raise click.exceptions.Exit(1)


@contextmanager
def _inputs(
    asked: SendOptions, platform: "Platform", given: Mapping[str, Any]
) -> Iterator[tuple[tuple[Path, ...], str]]:
    """The files, and from where they were fetched: those that were named, else what the platform fetches."""
    from producers.named_files import named_files

    place = platform.fetches
    if asked.files:
        option = place.replace("-", "_")
        source = click.get_current_context().get_parameter_source(option) if place else None
        if source is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"choose one: FILE or --{place}")
        with named_files(asked.files, sys.stdin.buffer) as paths:
            yield paths, ""
        return
    if not given[place.replace("-", "_")]:
        raise click.UsageError(f"name a FILE, or a --{place}")
    if asked.follow:
        raise click.UsageError("--follow reads a file that grows: name it, or leave out --follow")
    if given.get("encoding"):
        raise click.UsageError(f"--encoding is for files: leave it out with --{place}")
    with tempfile.TemporaryDirectory(prefix="queuewatch-") as folder:
        fetched = platform.fetch(given, Path(folder), sys.stderr)
        yield (fetched.path,), fetched.shown


def _check(asked: SendOptions, encoding: str | None) -> None:
    """UsageError for options that contradict each other."""
    if asked.follow and (len(asked.files) > 1 or asked.files == ("-",)):
        raise click.UsageError("--follow reads one file that grows")
    if asked.follow and asked.feed == "history":
        raise click.UsageError("--follow is live: leave out --feed history")
    if asked.follow and encoding:
        raise click.UsageError("--encoding is for a finished file: leave out --follow")
    if asked.follow and asked.replay:
        raise click.UsageError("--follow shows what happens now: leave out --replay")
    if asked.follow and asked.dry_run:
        raise click.UsageError("--dry-run is for a finished file: leave out --follow")
    if asked.position_file is not None and not asked.follow:
        raise click.UsageError("--position is for --follow")
    if asked.at is not None and not asked.replay:
        raise click.UsageError("--at says where a replay begins: add --replay, or leave out --at")
    if asked.replay and asked.feed == "history":
        raise click.UsageError("--replay is live: leave out --feed history")
