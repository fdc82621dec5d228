"""`queuewatch archive mask`: mask the text of rows that a former release set aside."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from schemas.millis import iso
from streams.cli import options
from streams.cli.audited import audited, with_kafka
from streams.cli.options import Failure
from streams.cli.tables import archive
from streams.cli.typed_time import needs_zone, on_archive_clock

_EXAMPLE = "2026-11-29"


@click.command()
@click.option(
    "--before",
    required=True,
    metavar="T",
    help="Rows that were set aside before then: 2026-11-29, or a time with an offset (else the default zone).",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
@options.clickhouse
@options.caller_key_file
@with_kafka
@audited("archive_mask", "before")
def mask(
    before: str, yes: bool, data: Path, clickhouse_url: str | None, caller_key_file: Path | None
) -> None:
    """Keep of the text of old refused rows its shape alone: letters become x, digits 0. Says how many, then asks.

    Releases before 0.2.0 kept names and streets of refused rows in clear. May be repeated. An embedded archive
    must not be running. Topic `quarantine` forgets such rows after 30 days.

    \b
    Example:
      queuewatch archive mask --before 2026-11-29
    """
    from producers.caller_key import CallerKeyError, caller_key
    from producers.progress import Progress
    from streams.cli.options import in_one_line
    from streams.history.catalogue import read_zone
    from streams.plumbing.wall_clock import now_ms
    from streams.sinks.clickhouse import masking

    needs_zone(before, "--before", _EXAMPLE)  # wrong use is said before the archive is opened
    if clickhouse_url is None and not (data / "archive").exists():
        raise Failure(f"{data} holds no archive")
    with in_one_line(CallerKeyError):
        key = caller_key(data, caller_key_file)
    with archive(data, clickhouse_url) as database:
        zone = read_zone(database, now_ms())
        at = on_archive_clock(before, zone, "--before", _EXAMPLE)
        before = iso(at, ZoneInfo(zone))
        rows = masking.count_readable(database, at, key)
        if not rows:
            click.echo(f"no row that was set aside before {before} has text to be masked")
            return
        click.echo(f"set aside before {before}, with text that can be read: {rows:,} rows")
        if not yes:
            options.ask("Mask them for good?", "nothing masked")
        progress = Progress("masking", rows, "rows", sys.stderr)
        try:
            done = masking.mask_text_of_rows(database, at, key, progress.move_to)
        finally:
            progress.close()
        click.echo(f"masked {done:,} rows")
