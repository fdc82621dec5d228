"""`queuewatch status`: age and lag of every process, books of every queue."""

from typing import Literal

import click
import msgspec

from streams.cli import options
from streams.cli.options import Failure, in_one_line


@click.command(name="status")
@options.data_of_up
@options.kafka
@options.namespace
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people, or for programs.",
)
def command(bootstrap: str, namespace: str, form: Literal["table", "json"]) -> None:
    """Say how every process is, what lies before it, and whether the books balance.

    Exit code 1 when something is missing, silent or does not balance.

    \b
    Example:
      queuewatch status --format json
    """
    from streams.admin.broker import AdminError
    from streams.admin.status import read_status
    from streams.admin.status_text import COLUMNS, process_line, sentences
    from streams.history.render import rendered
    from streams.plumbing.wall_clock import now_ms

    with in_one_line(AdminError):
        status = read_status(bootstrap, namespace, now_ms())
    if form == "json":
        text = msgspec.json.format(msgspec.json.encode(status), indent=2).decode()
        print(text)
        if status.problems:
            raise SystemExit(1)
        return
    print(rendered([process_line(each) for each in status.processes], COLUMNS, "table"))
    for line in sentences(status):
        print(line)
    for problem in status.problems[:-1]:
        click.echo(f"queuewatch: {problem}", err=True)
    if status.problems:
        raise Failure(status.problems[-1])
