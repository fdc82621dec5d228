"""Options that several commands share; the command line overrides the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

kafka = click.option(
    "--kafka",
    "bootstrap",
    envvar="QUEUEWATCH_KAFKA",
    default="127.0.0.1:9092",
    show_default=True,
    metavar="HOSTS",
    help="Kafka bootstrap servers, comma-separated.",
)
namespace = click.option(
    "--namespace",
    envvar="QUEUEWATCH_NAMESPACE",
    default="",
    metavar="PREFIX",
    help="Prefix of topics and groups: keeps several systems apart on one cluster.",
)
data = click.option(
    "--data",
    envvar="QUEUEWATCH_DATA",
    default=".queuewatch",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of keys, embedded database and local Kafka.",
)
caller_key_file = click.option(
    "--caller-key-file",
    envvar="QUEUEWATCH_CALLER_KEY_FILE",
    default=None,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Secret behind the callers' tokens.  [default: caller.key under --data, made once]",
)
clickhouse = click.option(
    "--clickhouse",
    "clickhouse_url",
    envvar="QUEUEWATCH_CLICKHOUSE",
    default=None,
    metavar="URL",
    help="clickhouse://user@host:9000/database; without it the embedded database under --data.",
)
query_port = click.option(
    "--query-port",
    envvar="QUEUEWATCH_QUERY_PORT",
    default=8124,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the embedded archive.",
)


def moment(text: str, zone: str, hint: str, example: str) -> int:
    """A time that was typed, in ms. `zone` holds for a text without an offset; `hint` names the option."""
    from schemas.millis import EARLIEST, LATEST, from_iso

    try:
        at = from_iso(text, ZoneInfo(zone))
    except (ValueError, OverflowError):
        at = 0
    if not EARLIEST <= at < LATEST:
        raise click.BadParameter(
            f'expected a time of this century such as {example}, got "{text}"', param_hint=hint
        )
    return at


class Failure(click.ClickException):
    """Ends a command with exit code 1 and one line: what is wrong, where, what to do."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(f"queuewatch: {self.format_message()}", err=True, file=file)


@contextmanager
def in_one_line(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds end the command with exit code 1; their message must be one line."""
    try:
        yield
    except kinds as error:
        raise Failure(str(error)) from None
