"""`queuewatch tables`: make or check the tables of the archive."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from streams.cli import options
from streams.cli.options import Failure


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

    with ExitStack() as stack:
        done = told(lambda: apply(database_of(data, clickhouse_url, stack, create=True)))
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

    with ExitStack() as stack:
        found = told(lambda: problems(database_of(data, clickhouse_url, stack, create=False)))
    for line in found:
        click.echo(line, err=True)
    if found:
        raise Failure(f"{len(found)} mistakes in the tables")
    print("tables are as they must be")


def address_of(url: str) -> Any:
    """The address in --clickhouse; wrong use (exit 2) when it is none."""
    from streams.sinks.clickhouse.driver import server_address

    try:
        return server_address(url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--clickhouse") from None


def database_of(data: Path, url: str | None, stack: ExitStack, *, create: bool) -> Any:
    """The embedded database, opened here, or the server; closed with the stack."""
    from streams.sinks.clickhouse.driver import ServerDatabase
    from streams.sinks.clickhouse.embedded import EmbeddedDatabase

    if url is None:
        embedded = EmbeddedDatabase(data / "archive")
        stack.callback(embedded.close)
        return embedded
    server = ServerDatabase(address_of(url))
    stack.callback(server.close)
    if create:
        server.create_database()
    return server


def told(work: Any) -> Any:
    """What `work` gives; what the archive says against it is one line."""
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError
    from streams.sinks.clickhouse.embedded import FilesTakenError

    try:
        return work()
    except (FilesTakenError, UnavailableError, RefusedError) as error:
        raise Failure(str(error)) from None
