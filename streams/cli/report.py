"""`queuewatch report`: the paper of a month, week or day for people who were not there, as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from schemas.periods import EXAMPLES, Kind
from streams.cli import options
from streams.cli.history import archive_of
from streams.cli.options import Failure
from streams.cli.output_file import write_whole

_BEFORE = {
    "month": "the month before",
    "week": "the week before",
    "day": "the same weekday a week before",
}


@click.group(name="report")
def command() -> None:
    """A paper for a committee: scope, result, trend, the worst, incidents, corrections.

    \b
    Example:
      queuewatch report month 2026-10 --out october.pdf
    """


def _add(length: Kind) -> None:
    work: Callable[..., Any] = _decorated(length)
    text = (
        f"The paper of a {length}, beside {_BEFORE[length]}.\n\n"
        f"PERIOD is like {EXAMPLES[length]}; without it the last {length} that is over.\n\n"
        f"\b\nExample:\n  queuewatch report {length} {EXAMPLES[length]} --out report.pdf\n"
        f"  queuewatch report {length} --department water --language zu --out water.html"
    )
    command.add_command(click.command(name=length, help=text)(work))


def _decorated(length: str) -> Callable[..., Any]:
    from schemas.owners import Language

    def work(**given: Any) -> None:
        _run(length, **given)

    found: Any = work
    for option in reversed((
        click.argument("period", metavar="[PERIOD]", required=False),
        click.option(
            "--out", "out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
            help="Where to; the ending says what: .pdf, .html, .eml (a mail), .csv, .json or .xlsx.",
        ),
        click.option("--department", metavar="ID", help="Only its queues."),
        click.option(
            "--language", type=click.Choice(get_args(Language)), default="en", show_default=True,
            help="Of headings and sentences.",
        ),
        click.option(
            "--as-of", metavar="T",
            help="As it was known at this time; the same time gives the same bytes.",
        ),
        options.clickhouse,
        options.query_port,
        options.data,
    )):  # fmt: skip
        found = option(found)
    return found  # type: ignore[no-any-return]  # options decorate without a type


def _run(length: str, **given: Any) -> None:
    from importlib.metadata import version

    from streams.history.catalogue import read_catalogue
    from streams.history.language import language_of
    from streams.history.papers.asked import asked
    from streams.history.papers.making import paper_of
    from streams.history.papers.writing import check_ending, written
    from streams.history.question import HistoryError
    from streams.plumbing.wall_clock import now_ms

    file: Path = given["out"]
    try:
        check_ending(file)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--out") from None
    except HistoryError as error:
        raise Failure(str(error)) from None
    _period(length, given["period"], "UTC", 0)  # a wrong one is said before the archive is opened
    with archive_of(given["data"], given["query_port"], given["clickhouse_url"]) as reader:
        now = now_ms()
        zone = read_catalogue(reader, now).default_zone
        as_of = _moment(given["as_of"], zone)
        known = read_catalogue(reader, now if as_of is None else min(now, as_of))
        period = _period(length, given["period"], known.default_zone, now)
        about = asked(period, known, given["department"], now, as_of)
        paper = paper_of(reader, about, version("queuewatch"), _carried(reader, about))
        write_whole(file, written(paper, language_of(given["language"]), file))
    click.echo(f"{file}: {paper.title.text}")


def _carried(reader: Any, about: Any) -> Any:
    from schemas.publications import NotAsPublishedError
    from streams.history.papers.published_before import read_carried

    try:
        return read_carried(reader, about)
    except NotAsPublishedError as error:
        raise Failure(str(error)) from None


def _period(length: Any, text: str | None, zone: str, now: int) -> Any:
    from streams.history.period import last_finished, period_of

    if text is None:
        return last_finished(length, now, zone)
    try:
        return period_of(length, text, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PERIOD") from None


def _moment(text: str | None, zone: str) -> int | None:
    if text is None:
        return None
    return options.moment(text, zone, "--as-of", "2026-11-01T08:00:00+02:00")


for _length in EXAMPLES:
    _add(_length)
