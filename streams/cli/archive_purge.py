"""`queuewatch archive purge`: delete what is older than a time."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from schemas.millis import DAY, iso
from streams.cli import options
from streams.cli.audited import audited, with_kafka
from streams.cli.options import Failure
from streams.cli.tables import archive
from streams.cli.typed_time import needs_zone, on_archive_clock

_EXAMPLE = "2025-11-01"


@click.command()
@click.option(
    "--before",
    required=True,
    metavar="T",
    help="Delete what is older: 2025-11-01, or a time with an offset (else the default zone).",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
@options.clickhouse
@with_kafka
@audited("archive_purge", "before")
def purge(before: str, yes: bool, data: Path, clickhouse_url: str | None) -> None:
    """Delete events, legs, spells, minutes, alerts and quarantine from before T; says what, then asks.

    Targets stay, and so do the roll-ups by quarter hour. May be repeated. An embedded archive must not be running.

    \b
    Example:
      queuewatch archive purge --before 2025-11-01
    """
    from streams.history.building import close_before
    from streams.history.catalogue import read_zone
    from streams.plumbing.wall_clock import now_ms
    from streams.sinks.clickhouse import purge as purging

    # A wrong time is reported as wrong use (exit 2) before the archive is opened.
    needs_zone(before, "--before", _EXAMPLE)
    if clickhouse_url is None and not (data / "archive").exists():
        raise Failure(f"{data} holds no archive")
    with archive(data, clickhouse_url) as database:
        now = now_ms()
        zone = read_zone(database, now)
        at = on_archive_clock(before, zone, "--before", _EXAMPLE)
        before = iso(at, ZoneInfo(zone))
        if at > now // DAY * DAY:  # the whole day of `at` is closed, and calls of today still come
            raise click.BadParameter(
                "must lie in the past, before today (UTC)", param_hint="--before"
            )
        found = purging.old_rows(database, at)
        if not found:
            click.echo(f"nothing is older than {before}")
            return
        click.echo(f"older than {before}:")
        for table in found:
            click.echo(f"  {table.table}: {table.rows:,} rows, from {table.oldest} on")
        if not yes:
            options.ask("Delete them for good?", "nothing deleted")
        if close_before(database, now, at).left:
            raise Failure("calls of before that time came meanwhile: nothing deleted, say it again")
        purging.purge(database, at, now, lambda _: None)
        click.echo(f"deleted {sum(table.rows for table in found):,} rows")
