"""`queuewatch publications`: reports that were published, frozen as they were."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.audited import audited, say_of
from streams.cli.options import Failure, in_one_line
from streams.cli.who import who_option
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.publications import Publication

Command = Callable[..., Any]
_FORMAT = click.option(
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
@click.argument("period", metavar="MONTH")
@click.option("--again", is_flag=True, help="Another edition, though no figure changed.")
@who_option
@options.data
@options.kafka
@options.namespace
@options.clickhouse
@options.query_port
@audited("report_publish", "period")
def publish(
    *,
    period: str,
    again: bool,
    who: str,
    data: Path,
    bootstrap: str,
    namespace: str,
    clickhouse_url: str | None,
    query_port: int,
) -> None:
    """Freeze the report of a month: its figures as they are known now, with a digest. A month must be over.

    \b
    Example:
      queuewatch publications publish 2026-10 --as "head of service"
    """
    from importlib.metadata import version

    from schemas.publications import NotAsPublishedError
    from streams.admin import publications
    from streams.admin.broker import AdminError
    from streams.cli.history import archive_of
    from streams.history.catalogue import read_catalogue
    from streams.history.publishing import publication_of
    from streams.history.reports.month import month_paper

    now = now_ms()
    with archive_of(data, query_port, clickhouse_url) as reader, in_one_line(NotAsPublishedError):
        made = publication_of(
            reader,
            read_catalogue(reader, now),
            month_paper,
            period,
            who=who,
            version=version("queuewatch"),
            now=now,
            again=again,
        )
    with in_one_line(AdminError):
        publications.write(bootstrap, namespace, made)
    say_of(detail=f"{made.publication_id} {made.digest}")
    print(f"published {made.publication_id}, SHA-256 {made.digest}")


@command.command(name="list")
@_FORMAT
@_of_topic
def list_(output: Any, bootstrap: str, namespace: str) -> None:
    """One line a publication, by period and edition.

    \b
    Example:
      queuewatch publications list
    """
    from streams.admin.publications import COLUMNS, SHOWN, line
    from streams.history.render import rendered

    lines = [line(each) for each in _read(bootstrap, namespace)]
    if not lines and output == "table":
        print("nothing was published")
        return
    click.echo(rendered(lines, COLUMNS, output, SHOWN), nl=False)


@command.command()
@click.argument("id_", metavar="ID")
@_FORMAT
@_of_topic
def show(id_: str, output: Any, bootstrap: str, namespace: str) -> None:
    """Make a published report again, from what was frozen: the same bytes each time. Fails if its digest is not that of then.

    \b
    Example:
      queuewatch publications show month-2026-10-1 --format json
    """
    from schemas.publications import NotAsPublishedError, unpacked
    from streams.admin.broker import AdminError
    from streams.admin.publications import named
    from streams.history.publications import thawed
    from streams.history.render import rendered_parts

    known = _read(bootstrap, namespace)
    with in_one_line(AdminError, NotAsPublishedError):
        parts, found = thawed(unpacked(named(known, id_)))
    click.echo(rendered_parts(parts, found, output), nl=False)


@command.command()
@_of_topic
def check(bootstrap: str, namespace: str) -> None:
    """Check every frozen report against its digest. Exit code 1 if one is not what was published.

    \b
    Example:
      queuewatch publications check
    """
    from schemas.publications import NotAsPublishedError, unpacked

    wrong = 0
    known = _read(bootstrap, namespace)
    for each in known:
        try:
            unpacked(each)
        except NotAsPublishedError as error:
            wrong += 1
            print(error)
    if wrong:
        raise Failure(f"{wrong} of {len(known)} publications are not what was published")
    print(f"{len(known)} publications are as they were published")


def _read(bootstrap: str, namespace: str) -> "list[Publication]":
    from streams.admin.broker import AdminError
    from streams.admin.publications import read

    with in_one_line(AdminError):
        return read(bootstrap, namespace)
