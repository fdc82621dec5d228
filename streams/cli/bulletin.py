"""`queuewatch bulletin`: figures for the public, of a day or a month."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from schemas.owners import Language
from streams.cli import options
from streams.cli.options import Failure
from streams.cli.output_file import out_or_terminal, write_whole
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from streams.history.bulletin_reading import Length


@click.command(name="bulletin")
@click.argument("length", type=click.Choice(["day", "month"]), metavar="day|month")
@click.argument("period", metavar="PERIOD")
@click.option(
    "--format",
    "output",
    type=click.Choice(["html", "csv", "json"]),
    default="html",
    show_default=True,
)
@click.option(
    "--language", type=click.Choice(get_args(Language)), default="en", show_default=True,
    help="Of headings, reasons and sentences.",
)  # fmt: skip
@out_or_terminal
@options.data
@options.clickhouse
@options.query_port
def command(
    *,
    length: "Length",
    period: str,
    output: str,
    language: Language,
    out: Path | None,
    data: Path,
    clickhouse_url: str | None,
    query_port: int,
) -> None:
    """What the public may see: calls, answered, gave up, turned away, waits, promise against result, by centre.

    No personal data; small counts are hidden, with those from which they could be worked out. Where the books do not
    balance, data is missing or a source was silent, it says why no figures are published, and the exit code is 1.

    \b
    Example:
      queuewatch bulletin month 2026-10 --format html --out bulletin.html
    """
    from streams.cli.history import archive_of
    from streams.history.bulletin_reading import drafted
    from streams.history.bulletin_text import BULLETIN_WRITERS
    from streams.history.catalogue import read_catalogue
    from streams.history.language import language_of

    now = now_ms()
    with archive_of(data, query_port, clickhouse_url) as reader:
        draft = drafted(reader, read_catalogue(reader, now), length, period, now)
    found = draft.said(language_of(language))
    text = BULLETIN_WRITERS[output](found)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text.encode())
    if found.withheld:
        raise Failure(f"withheld: {' '.join(each.text for each in found.withheld)}")
