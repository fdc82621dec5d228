"""`queuewatch queues`: check, publish or begin queues.toml."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from schemas.millis import iso, to_datetime
from schemas.queues_toml import ConfigurationError, QueuesFile, parse_queues
from streams.cli import options
from streams.cli.inputs import mapping_of, shell, surveyed_queue_log, surveyed_records
from streams.cli.options import Failure
from streams.core.rule_catalogue import RULE_TABLES

if TYPE_CHECKING:
    from producers.survey import Survey
    from streams.admin.targets import Published

_DEFAULT = Path("queues.toml")
_file = click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False), default=_DEFAULT, required=False
)


@click.group(name="queues")
def command() -> None:
    """Check, publish or begin queues.toml: names, targets and opening hours of the queues.

    \b
    Example:
      queuewatch queues check queues.toml
    """


def read_queues_file(path: Path) -> QueuesFile:
    """The parsed file; one line with file and path of the first mistake otherwise."""
    try:
        return parse_queues(path.read_text(encoding="utf-8"), RULE_TABLES)
    except ConfigurationError as error:
        raise Failure(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise Failure(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def publication(done: "Published") -> str:
    """What a publication did, in one line."""
    version = done.version
    if done.difference is None:
        return f"unchanged: version {version.version} says the same"
    zone = ZoneInfo(version.default_zone)
    since = "the beginning of time"
    if version.valid_from:
        new = " (new queues: from the beginning of time)" if done.difference.added else ""
        since = iso(version.valid_from, zone) + new
    return f"version {version.version} published, valid from {since}: {done.difference}"


@command.command()
@_file
def check(file: Path) -> None:
    """Say what FILE configures, or its first mistake with its path (exit 1).

    \b
    Example:
      queuewatch queues check queues.toml
    """
    parsed = read_queues_file(file)
    centres = {targets.centre for targets in parsed.queues if targets.centre}
    print(f"{file}: {len(parsed.queues)} queues in {len(centres)} centres are well described")


@command.command()
@_file
@options.kafka
@options.namespace
def publish(file: Path, bootstrap: str, namespace: str) -> None:
    """Write FILE as a new version of the targets, if it changes anything.

    \b
    Example:
      queuewatch queues publish queues.toml
    """
    from streams.admin.broker import AdminError
    from streams.admin.targets import publish

    parsed = read_queues_file(file)
    try:
        done = publish(bootstrap, namespace, parsed, time.time_ns() // 1_000_000)
    except AdminError as error:
        raise Failure(str(error)) from None
    print(publication(done))


@command.command()
@_file
@options.kafka
@options.namespace
@click.option(
    "--from-records", type=click.Path(path_type=Path), metavar="CSV",
    help="Call records, read as `send records` reads them.",
)  # fmt: skip
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), metavar="FILE.toml",
              help="Of --from-records; `queuewatch mapping init` begins one.")  # fmt: skip
@click.option(
    "--from-queue-log", type=click.Path(path_type=Path), metavar="LOG", help="Asterisk's queue_log."
)
@click.option("--time-zone", help="Zone of the queues.  [default: that of the mapping, else UTC]")
@click.option("--force", is_flag=True, help="Overwrite FILE.")  # fmt: skip
def init(
    *, file: Path, bootstrap: str, namespace: str, from_records: Path | None,
    mapping_file: Path | None, from_queue_log: Path | None, time_zone: str | None, force: bool,
) -> None:  # fmt: skip
    """Write a first FILE with the queues seen in call records, in a queue_log or in the topics.

    \b
    Example:
      queuewatch queues init queues.toml --from-records calls.csv --time-zone Europe/Berlin
    """
    from streams.admin import seen_queues
    from streams.admin.broker import AdminError

    if from_records and from_queue_log:
        raise click.UsageError("choose one of --from-records and --from-queue-log")
    if mapping_file and not from_records:
        raise click.UsageError("--mapping belongs to --from-records")
    if file.exists() and not force:
        raise Failure(f"{file} exists: choose another name, or overwrite it with --force")
    mapping = mapping_of(mapping_file)
    zone = time_zone or mapping.time_zone or "UTC"
    survey, send = None, ["send"]
    if from_records:
        survey = surveyed_records(from_records, mapping)
        send += ["records", str(from_records)]
        send += ["--mapping", str(mapping_file)] if mapping_file else []
    elif from_queue_log:
        survey = surveyed_queue_log(from_queue_log)
        send += ["queue-log", str(from_queue_log)]
    try:
        if survey is None:
            queues = dict.fromkeys(seen_queues.queues_of_topics(bootstrap, namespace), "")
        else:
            queues = {queue: seen.in_words() for queue, seen in survey.queues.items()}
        if not queues:
            raise Failure(_no_queue(from_records or from_queue_log, survey))
        text = seen_queues.render(queues, zone)
        parse_queues(text, RULE_TABLES)
        file.write_text(text, encoding="utf-8")
    except (AdminError, ConfigurationError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    print(f"{file}: {len(queues)} queues, time zone {zone}")
    print(f"its promises ({seen_queues.PLACEHOLDER}) are placeholders: set your own")
    for line in _next_steps(file, survey, send, ZoneInfo(zone)):
        print(line)


def _no_queue(source: Path | None, survey: "Survey | None") -> str:
    """Why a file gave none: the most frequent refusal says more than that there are none."""
    if survey is None or not survey.refused:
        return f"{source}: no call in it"
    reason, (n, line) = max(survey.refused.items(), key=lambda each: each[1][0])
    return f"{source}: no readable call in it; {n:,} x {reason} (first: line {line})"


def _next_steps(
    file: Path, survey: "Survey | None", send: list[str], zone: ZoneInfo
) -> Iterator[str]:
    """The commands that lead from FILE to a board and a report, as they are typed here."""
    if survey is None:
        yield f"next:\n  {shell('queues', 'publish', file)}"
        return
    if survey.refused:
        yield f"{survey.refusals:,} of the file are refused; why: {shell(*send, '--dry-run')}"
    yield "next, and in another terminal what follows:"
    yield f"  {shell('up', '--no-traffic', '--queues', file)}"
    yield f"  {shell(*send)}"
    yield f"  {shell('drain')}"
    if survey.first is not None and survey.last is not None:
        first = to_datetime(survey.first, zone).date()
        end = to_datetime(survey.last, zone).date() + timedelta(days=1)
        yield f"  {shell('history', 'summary', '--from', first, '--to', end)}"
    yield "on the wall, as if it came now:"
    yield f"  {shell(*send, '--replay')}"
