"""`queuewatch reconcile`: the live day counters against the archive, to the integer."""

import re
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from schemas.millis import from_iso
from streams.cli import options
from streams.cli.options import Failure


@click.command(name="reconcile")
@click.option("--day", default=None, metavar="D",
              help="Business day that begins on this date, 2026-11-21; else the newest that late facts no longer change.")  # fmt: skip
@click.option("--format", "output", type=click.Choice(["table", "csv", "json"]), default="table",
              show_default=True)  # fmt: skip
@click.option("--timeout", "timeout_s", type=click.FloatRange(min=0), default=60.0, show_default=True,
              metavar="S", help="How long to wait until the archive has what the stream has written.")  # fmt: skip
@click.option("--query-port", envvar="QUEUEWATCH_QUERY_PORT", default=8124, show_default=True,
              type=click.IntRange(1, 65535), help="Port of the embedded archive.")  # fmt: skip
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
    from streams.admin.broker import AdminError
    from streams.cli.history import archive_of
    from streams.history.reconcile import (
        RECONCILE_COLUMNS,
        conclusion,
        differing_lines,
        lines,
    )
    from streams.history.render import rendered

    if day is not None:
        _check_day(day)
    with archive_of(data, query_port, clickhouse_url) as reader:
        try:
            found, legs = reconciled(bootstrap, namespace, reader, day, timeout_s)
        except AdminError as error:
            raise Failure(str(error)) from None
    said = lines(found, legs)
    shown = differing_lines(said) if output == "table" else said
    if shown or output != "table":
        click.echo(rendered(shown, RECONCILE_COLUMNS, output), nl=False)
    if found.differing():
        raise Failure(conclusion(found, legs))
    click.echo(conclusion(found, legs), err=output != "table")


def reconciled(
    bootstrap: str, namespace: str, reader: Any, day: str | None, timeout_s: float
) -> tuple[Any, Any]:
    """The day compared, and the legs behind a difference.

    AdminError when Kafka is away or the archive does not catch up; HistoryError when the day is not
    over or no longer kept; what the archive says against questions as it says it.
    """
    from schemas.topics import topic_name
    from streams.admin.broker import AdminError
    from streams.admin.drain import Stage, passed
    from streams.admin.live_days import read_live_days
    from streams.admin.topics import archive_group
    from streams.history import reconcile
    from streams.history.catalogue import read_catalogue, read_zone, seen_queues

    now = time.time_ns() // 1_000_000
    zone = read_zone(reader, now)
    wanted = day or reconcile.settled_day(now, zone)
    # The stream cut that day by the targets of that day, whatever was published since.
    catalogue = read_catalogue(reader, from_iso(f"{wanted}T12:00", ZoneInfo(zone)))
    partitions = read_live_days(bootstrap, topic_name("state", namespace))
    days = reconcile.queue_days(wanted, partitions, catalogue, seen_queues(reader))
    reconcile.check_over(days, wanted, now, catalogue)
    # The counters are of a checkpoint, and its legs were written with it: the archive must have them.
    topics = tuple(topic_name(name, namespace) for name in ("legs", "calls", "quarantine"))
    behind = passed(bootstrap, Stage("archive", archive_group(namespace), topics), timeout_s)
    if behind is not None:
        raise AdminError(f"{behind}: nothing compared (--timeout waits longer)")
    found = reconcile.compare(wanted, days, reader)
    return found, reconcile.differing_legs(reader, found)


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
