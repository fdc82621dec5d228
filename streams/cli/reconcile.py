"""`queuewatch reconcile`: the live day counters against the archive, to the integer."""

import re
from pathlib import Path
from typing import Any

import click

from schemas.counted import counted
from streams.cli import options
from streams.cli.options import Failure, in_one_line


@click.command(name="reconcile")
@click.option(
    "--day",
    default=None,
    metavar="D",
    help="Business day that begins on this date, 2026-11-21; else the newest that late facts no longer change.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="S",
    help="How long to wait until the archive has what the stream has written.",
)
@options.query_port
@options.kafka
@options.namespace
@options.clickhouse
@options.data
def command(  # noqa: PLR0917 - the options of a command
    day: str | None,
    output: Any,
    timeout_s: float,
    query_port: int,
    bootstrap: str,
    namespace: str,
    clickhouse_url: str | None,
    data: Path,
) -> None:
    """Compare the live day counters with the archive by event basis, queue by queue.

    Exit 1 with the figures and the legs that differ. The archive does the same every night and
    exports what it finds. CSV and JSON have every figure, the table those that differ.

    \b
    Example:
      queuewatch reconcile --day 2026-11-21
    """
    from schemas.millis import from_iso
    from streams.admin.broker import AdminError
    from streams.admin.reconciliation import reconciled
    from streams.cli.history import archive_of
    from streams.history.reconcile import (
        RECONCILE_COLUMNS,
        conclusion,
        differing_lines,
        lines,
    )
    from streams.history.render import rendered
    from streams.history.rolled_check import differing
    from streams.plumbing.wall_clock import now_ms

    if day is not None:
        _check_day(day)
    with archive_of(data, query_port, clickhouse_url) as reader, in_one_line(AdminError):
        result = reconciled(bootstrap, namespace, reader, day, now_ms(), timeout_s)
        rolled = differing(reader, from_iso(f"{result.found.day}T12:00:00Z"))
    found, legs = result.found, result.legs
    said = lines(found, legs)
    shown = differing_lines(said) if output == "table" else said
    if shown or output != "table":
        click.echo(rendered(shown, RECONCILE_COLUMNS, output), nl=False)
    for each in rolled:
        click.echo(f"rolled up otherwise than its legs say: {each}", err=True)
    if found.differing():
        raise Failure(conclusion(found, legs))
    click.echo(conclusion(found, legs), err=output != "table")
    if rolled:
        raise Failure(
            f"{counted(len(rolled), 'queues')} {'is' if len(rolled) == 1 else 'are'} rolled up otherwise; the archive builds them again"
        )


def _check_day(text: str) -> None:
    from schemas.opening import parse_date

    try:
        parse_date(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--day") from None
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", text):
        raise click.BadParameter(
            f'expected a date of this century, got "{text}"', param_hint="--day"
        )
