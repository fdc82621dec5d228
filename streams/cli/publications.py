"""`queuewatch publications`: reports that were published, frozen as they were."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from schemas.counted import counted
from schemas.owners import Language
from schemas.report_plans import BULLETIN_FORMATS, Format
from streams.cli import options
from streams.cli.audited import audited, say_of
from streams.cli.options import Failure, in_one_line
from streams.cli.output_file import out_or_terminal, write_whole
from streams.cli.who import who_option
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.publications import Publication
    from streams.admin.publications import Register

Command = Callable[..., Any]
_TABLE = "table"
_OF_LIST = click.option(
    "--format", "output", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
)  # fmt: skip


def _of_topic(work: Command) -> Command:
    for option in (options.namespace, options.kafka, options.data_of_up):
        work = option(work)
    return work


@click.group(name="publications")
def command() -> None:
    """Reports as they were published. Later facts never change one: `queuewatch history restated` lists what is other now.

    \b
    Example:
      queuewatch publications publish 2026-10
    """


@command.command()
@click.argument("period", metavar="PERIOD")
@click.option(
    "--bulletin",
    is_flag=True,
    help="The public bulletin of the day or month, in place of the report.",
)
@click.option("--department", metavar="ID", help="The report of its queues alone.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(get_args(Format)),
    multiple=True,
    default=BULLETIN_FORMATS,
    show_default=True,
    help="May be repeated. A bulletin has html, csv and json.",
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(get_args(Language)),
    multiple=True,
    default=("en",),
    show_default=True,
    help="May be repeated: each file is made in each language.",
)
@click.option("--again", is_flag=True, help="Another edition, though no figure changed.")
@who_option
@options.data
@options.kafka
@options.namespace
@options.clickhouse
@options.query_port
@audited("report_publish", "period")
def publish(  # noqa: PLR0913 - the options of a command
    *,
    period: str,
    bulletin: bool,
    department: str | None,
    formats: tuple[Format, ...],
    languages: tuple[Language, ...],
    again: bool,
    who: str,
    bootstrap: str,
    namespace: str,
    **archive: Any,
) -> None:
    """Freeze the report of a month, week or day, or a bulletin: its figures as they are known now, and its files. It must be over.

    \b
    Example:
      queuewatch publications publish 2026-10 --format pdf --format html --as "head of service"
      queuewatch publications publish 2026-W44 --department water
      queuewatch publications publish 2026-10-05 --bulletin --language en --language zu
    """
    from importlib.metadata import version

    from schemas.publications import NotAsPublishedError
    from streams.admin import publications
    from streams.admin.broker import AdminError
    from streams.cli.history import archive_of
    from streams.history.catalogue import read_catalogue
    from streams.history.publishing import Wanted, publication_of, report_named
    from streams.history.question import HistoryError

    now = now_ms()
    with in_one_line(HistoryError):  # a wrong period is said before the archive is opened
        report = report_named(period, is_bulletin=bulletin)
    if bulletin and department is not None:
        raise click.BadOptionUsage("department", "--department: a bulletin is of all departments")
    wanted = Wanted(
        report, period, tuple(dict.fromkeys(languages)), tuple(dict.fromkeys(formats)), department
    )
    opened = archive_of(archive["data"], archive["query_port"], archive["clickhouse_url"])
    with opened as reader, in_one_line(NotAsPublishedError):
        made = publication_of(
            reader,
            read_catalogue(reader, now),
            wanted,
            who=who,
            version=version("queuewatch"),
            now=now,
            again=again,
        )
    one = made.publication
    with in_one_line(AdminError):
        publications.write(bootstrap, namespace, one, made.files)
    say_of(detail=f"{one.publication_id} {one.digest}")
    print(f"published {one.publication_id}, SHA-256 {one.digest}")
    for each in one.files:
        print(f"  {each.name}  {each.size:,} bytes, SHA-256 {each.sha256}")


@command.command(name="list")
@_OF_LIST
@_of_topic
def list_(output: Any, bootstrap: str, namespace: str) -> None:
    """One line a publication, by period and edition.

    \b
    Example:
      queuewatch publications list
    """
    from streams.admin.publications import COLUMNS, SHOWN, line
    from streams.history.render import rendered

    lines = [line(each) for each in _read(bootstrap, namespace).publications]
    if not lines and output == "table":
        print("nothing was published")
        return
    click.echo(rendered(lines, COLUMNS, output, SHOWN), nl=False)


@command.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--format", "output", type=click.Choice([_TABLE, *get_args(Format)]), default=_TABLE, show_default=True,
    help="`table`: its figures as they were frozen.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(get_args(Language)), default=None,
    help="Of the file.  [default: the first in which it was published]",
)  # fmt: skip
@out_or_terminal
@_of_topic
def show(
    id_: str, output: str, language: str | None, out: Path | None, bootstrap: str, namespace: str
) -> None:
    """A published report as it was published, to the byte, in each format in which it was. Fails if its digest is not that of then.

    \b
    Example:
      queuewatch publications show month-2026-10-1 --format pdf --out october.pdf
    """
    from schemas.publications import NotAsPublishedError
    from streams.admin.broker import AdminError

    known = _read(bootstrap, namespace)
    with in_one_line(AdminError, NotAsPublishedError):
        body = _as_published(known, known.named(id_), output, language)
    if out is None:
        click.echo(body, nl=False)
    else:
        write_whole(out, body)


def _as_published(known: "Register", of: "Publication", output: Any, language: str | None) -> bytes:
    """AdminError; NotAsPublishedError. Of a publication whose files were not kept CSV and JSON are made of its figures, which do not change."""
    from schemas.publications import unpacked
    from streams.history.publications import thawed
    from streams.history.render import rendered_parts

    parts, found = thawed(unpacked(of))
    if output == _TABLE or (not of.files and output in ("csv", "json")):
        return rendered_parts(parts, found, output).encode()
    first = of.files[0].name.partition(".")[0] if of.files else "en"
    return known.file(of, f"{language or first}.{output}")


@command.command()
@_of_topic
def check(bootstrap: str, namespace: str) -> None:
    """Check all frozen figures and files against their digests. Exit code 1 if one is not what was published.

    \b
    Example:
      queuewatch publications check
    """
    known = _read(bootstrap, namespace)
    count = len(known.publications)
    wrong = [*known.wrong()]
    for each in wrong:
        print(each)
    if wrong:
        raise Failure(
            f"{len(wrong)} of {counted(count, 'publications')} {'is' if len(wrong) == 1 else 'are'} not what was published"
        )
    print(f"{counted(count, 'publications')} {'is' if count == 1 else 'are'} as published")


def _read(bootstrap: str, namespace: str) -> "Register":
    from streams.admin.broker import AdminError
    from streams.admin.publications import read

    with in_one_line(AdminError):
        return read(bootstrap, namespace)
