"""`queuewatch tables`: make or check the tables of the archive."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli import options
from streams.cli.options import Failure, in_one_line

if TYPE_CHECKING:
    from streams.sinks.clickhouse.address import ServerAddress
    from streams.sinks.clickhouse.database import Database


@click.group(name="tables")
def command() -> None:
    """Make the tables of the archive, or check them. The archive does so itself when it starts.

    \b
    Example:
      queuewatch tables migrate --clickhouse clickhouse://default@127.0.0.1:9000/queuewatch
    """


@command.command()
@options.data
@options.clickhouse
def migrate(data: Path, clickhouse_url: str | None) -> None:
    """Apply the migrations that are missing, in order. May be repeated.

    \b
    Example:
      queuewatch tables migrate --clickhouse clickhouse://default@127.0.0.1:9000/queuewatch
    """
    from streams.sinks.clickhouse.migrate import migrate as apply

    with archive(data, clickhouse_url, create=True) as database:
        done = apply(database)
    for name in done:
        print(f"applied {name}")
    print(f"tables ready, {len(done)} migrations applied")


@command.command()
@options.data
@options.clickhouse
def check(data: Path, clickhouse_url: str | None) -> None:
    """Compare the tables with what this version needs; exit 1 with one line a mistake.

    \b
    Example:
      queuewatch tables check --clickhouse clickhouse://default@127.0.0.1:9000/queuewatch
    """
    from streams.sinks.clickhouse.migrate import problems

    with archive(data, clickhouse_url) as database:
        found = problems(database)
    for line in found:
        click.echo(line, err=True)
    if found:
        raise Failure(f"{len(found)} mistakes in the tables")
    print("tables are as they must be")


def address_of(url: str) -> "ServerAddress":
    """The address in --clickhouse, with what --clickhouse-config and the environment say; wrong use (exit 2) if it is not valid."""
    from streams.plumbing.config_file import ConfigError
    from streams.sinks.clickhouse.address import server_address

    try:
        with in_one_line(ConfigError):
            return server_address(url, options.config_noted("clickhouse"), os.environ)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--clickhouse") from None


@contextmanager
def archive(data: Path, url: str | None, *, create: bool = False) -> "Iterator[Database]":
    """The embedded database, or the server; its errors end the command with one line and exit code 1."""
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError
    from streams.sinks.clickhouse.embedded import FilesTakenError
    from streams.sinks.clickhouse.opening import opened

    address = None if url is None else address_of(url)
    with (
        in_one_line(FilesTakenError, UnavailableError, RefusedError),
        opened(data, address, create=create) as database,
    ):
        yield database
