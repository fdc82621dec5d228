"""The options of `send queue-log` that name Asterisk's table in a database instead of a file."""

from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from producers.contract import Fetched, Options
from schemas.millis import EARLIEST, LATEST, from_iso

TABLE = "queue_log"  # the name that Asterisk's own schema gives it
ENVIRONMENT = "QUEUEWATCH_DATABASE"
_OF_A_TABLE = ("table", "since", "until")


def _address(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    if given is None:
        return None
    from producers.asterisk.database_address import address_of

    try:
        address = address_of(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    source = ctx.get_parameter_source(param.name or "")
    if source is ParameterSource.COMMANDLINE and address.has_password:
        click.echo(
            f"queuewatch: others on this machine can read a password on the command line: put the address into"
            f" {ENVIRONMENT}",
            err=True,
        )
    return given


def _moment(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    if given is not None:
        try:
            at = from_iso(given)
        except (ValueError, OverflowError):
            at = 0
        if not EARLIEST <= at < LATEST:
            raise click.BadParameter(
                f'expected a time of this century such as 2026-03-02 or 2026-03-02T09:00, got "{given}"'
            )
    return given


DATABASE_OPTIONS = (
    click.option(
        "--database",
        envvar=ENVIRONMENT,
        default=None,
        callback=_address,
        metavar="URL",
        help="Read Asterisk's table from a database instead of a FILE: postgresql://user@host/asterisk,"
        " mysql://user@host/asterisk or sqlite:////PATH. With a password in it only as"
        f" {ENVIRONMENT}. The table is read once, to its end: it cannot be followed.",
    ),
    click.option(
        "--table",
        default=None,
        metavar="NAME",
        help=f"The table of --database, or SCHEMA.NAME.  [default: {TABLE}]",
    ),
    click.option(
        "--since",
        default=None,
        callback=_moment,
        metavar="TIME",
        help="Only rows of --database from this time on, in --time-zone; best a time without calls.",
    ),
    click.option(
        "--until",
        default=None,
        callback=_moment,
        metavar="TIME",
        help="Only rows of --database before this time.",
    ),
)


def check_for_a_file(given: Options) -> None:
    """UsageError for options that only a table of a database has."""
    for name in _OF_A_TABLE:
        if given.get(name) is not None:
            raise click.UsageError(f"--{name} is for --database: leave it out with a FILE")


def fetched(given: Options, zone: ZoneInfo, folder: Path, stream: TextIO) -> Fetched:
    """The table as a file under `folder`."""
    # not before they are needed: SQLAlchemy takes a quarter of a second
    from producers.asterisk.database_address import address_of
    from producers.asterisk.database_table import RowsWanted, copied_table

    address = address_of(given["database"])
    since, until = (
        None if given.get(name) is None else from_iso(given[name], zone)
        for name in ("since", "until")
    )
    wanted = RowsWanted(given.get("table") or TABLE, zone, since, until)
    if since is not None and until is not None and since >= until:
        raise click.BadParameter("must be before --until", param_hint="--since")
    path = copied_table(address, wanted, folder, stream)
    return Fetched(path, f"table {wanted.table} of {address.shown}")
