"""`queuewatch alerts rehearse`: when alert rules would have fired over archived events."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.history import archive_of
from streams.cli.progress import Progress
from streams.cli.queues_file import read_file
from streams.cli.typed_time import say_zone

if TYPE_CHECKING:
    from streams.history.report import Found

_EXAMPLE = "2026-11-01T08:00:00+02:00"
_FAR_FROM_UTC = "Pacific/Kiritimati"


@click.command()
@click.option("--from", "start", required=True, metavar="T", help="Begin of the range.")
@click.option("--to", "end", required=True, metavar="T", help="End of the range.")
@click.option(
    "--rules",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The alert tables of this queues.toml instead of the published ones.",
)
@click.option("--queue", default=None, metavar="Q", help="Only this queue.")
@click.option(
    "--pages-a-week",
    "wanted",
    type=click.FloatRange(min=0),
    default=None,
    metavar="N",
    help="Propose limits for at most so many of each rule and queue; takes seven times as long.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@options.query_port
@options.clickhouse
@options.data
def rehearse(
    *,
    start: str,
    end: str,
    file: Path | None,
    queue: str | None,
    wanted: float | None,
    output: Any,
    **place: Any,
) -> None:
    """Say when alert rules would have fired over archived events; nothing is written and nobody is told.

    The core of the stream decides again, by the targets that were published then. With --rules the alert tables of
    a file are tried, everything else stays as published. A rule that could not be evaluated is said, not
    counted as quiet.

    \b
    Example:
      queuewatch alerts rehearse --from 2026-11-01 --to 2026-11-08 --rules queues.toml
    """
    from streams.history.catalogue import read_catalogue
    from streams.history.rehearsal_limits import PART
    from streams.history.rehearsal_report import NOT_LIVE, PARTS
    from streams.history.rehearsing import RehearsalQuestion, rehearsed
    from streams.history.render import rendered_parts
    from streams.plumbing.wall_clock import now_ms

    _moments(start, end, "UTC")  # wrong use is said before the archive is asked
    rules = None if file is None else read_file(file)
    with archive_of(place["data"], place["query_port"], place["clickhouse_url"]) as reader:
        catalogue = read_catalogue(reader, now_ms())
        zone = catalogue.default_zone if queue is None else catalogue.zone(queue)
        moments = _moments(start, end, zone)
        if moments != _moments(start, end, _FAR_FROM_UTC):
            say_zone(zone, queue)
        with closing(Progress()) as progress:
            result = rehearsed(
                reader,
                RehearsalQuestion(*moments, queue, rules, wanted),
                lambda done, of: progress.reading("rehearsing", done, of, "events"),
            )
    _say_reach(result.report)
    click.echo(NOT_LIVE, err=True)
    if result.without_limit:
        names = ", ".join(result.without_limit)
        click.echo(
            f"no limit that was tried is high enough for {wanted:g} a week: {names}", err=True
        )
    parts = PARTS if wanted is None else (*PARTS, PART)
    click.echo(rendered_parts(parts, result.report, output), nl=False)


def _moments(start: str, end: str, zone: str) -> tuple[int, int]:
    first = options.moment(start, zone, "--from", _EXAMPLE)
    last = options.moment(end, zone, "--to", _EXAMPLE)
    if first >= last:
        raise click.BadParameter("must be before --to", param_hint="--from")
    return first, last


def _say_reach(found: "Found") -> None:
    """Which part of the range has events, where it is not all of it."""
    facts = found.facts
    if "events_from" not in facts:
        click.echo("the archive has no live event in this range", err=True)
    elif (facts["events_from"], facts["events_to"]) != (facts["from"], facts["to"]):
        click.echo(
            f"events of the archive reach from {facts['events_from']} to {facts['events_to']}:"
            " the figures a week are of this time",
            err=True,
        )
