"""`queuewatch queues`: check, publish or begin queues.toml."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from schemas.millis import iso
from schemas.queues_toml import ConfigurationError, QueuesFile, parse_queues
from streams.cli import options
from streams.cli.options import Failure

if TYPE_CHECKING:
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
        return parse_queues(path.read_text(encoding="utf-8"))
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
    "--from-records",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Call records with a header, one row a leg.",
)
@click.option("--column", default="queue", show_default=True, help="Its column of queues.")
@click.option(
    "--from-queue-log", type=click.Path(path_type=Path), metavar="LOG", help="Asterisk's queue_log."
)
@click.option("--time-zone", default="UTC", show_default=True, help="Zone of the queues.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")  # fmt: skip
def init(
    *, file: Path, bootstrap: str, namespace: str, from_records: Path | None, column: str,
    from_queue_log: Path | None, time_zone: str, force: bool,
) -> None:  # fmt: skip
    """Write a first FILE with the queues seen in the topics, in call records or in a queue_log.

    \b
    Example:
      queuewatch queues init queues.toml --from-records calls.csv --time-zone Europe/Berlin
    """
    from streams.admin import seen_queues
    from streams.admin.broker import AdminError

    if from_records and from_queue_log:
        raise click.UsageError("choose one of --from-records and --from-queue-log")
    if file.exists() and not force:
        raise Failure(f"{file} exists: choose another name, or overwrite it with --force")
    read: Callable[[], list[str]] = lambda: seen_queues.queues_of_topics(bootstrap, namespace)  # noqa: E731
    if from_records:
        read = lambda: seen_queues.queues_of_records(from_records, column)  # noqa: E731
    elif from_queue_log:
        read = lambda: seen_queues.queues_of_queue_log(from_queue_log)  # noqa: E731
    try:
        queues = read()
        text = seen_queues.render(queues, time_zone)
        parse_queues(text)
        file.write_text(text, encoding="utf-8")
    except (AdminError, ConfigurationError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    print(
        f"{file}: {len(queues)} queues; set their targets, then `queuewatch queues publish {file}`"
    )
