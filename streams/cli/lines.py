"""`queuewatch lines`: what people write on boards."""

from secrets import token_hex
from typing import Any

import click

from schemas.commands import checked_note
from schemas.millis import iso
from schemas.printable import printable
from streams.cli.alerts_topics import (
    alert_topics,
    one_line,
    read_alerts,
    say,
    until_when,
)
from streams.cli.audited import audited
from streams.cli.departments import check_departments, departments_there
from streams.cli.options import Failure
from streams.cli.typed_time import on_clock_of
from streams.cli.who import checked, who_option
from streams.plumbing.wall_clock import now_ms


def _text(_: click.Context, __: click.Parameter, value: str) -> str:
    text = checked(checked_note, value.strip())
    if not text or printable(text) != text:
        raise click.BadParameter("only characters that can be printed, in one line")
    return text


@click.group(name="lines")
def command() -> None:
    """Lines on boards: of a department, or of all. Each ends by itself.

    \b
    Example:
      queuewatch lines list
    """


@command.command(name="set")
@click.argument("text", callback=_text, metavar="TEXT")
@click.option("--department", default="", metavar="ID", help="Only boards of this department.")
@click.option(
    "--until",
    required=True,
    callback=until_when,
    metavar="T",
    help="Its end: 2h from now, or 2026-11-01T08:00 (in the default zone, unless it says).",
)
@who_option
@alert_topics
@audited("line_show", "department")
def set_(
    *, text: str, department: str, until: int | str, who: str, bootstrap: str, namespace: str
) -> None:
    """Show a line on the boards until then.

    \b
    Example:
      queuewatch lines set "Crews are out, tell callers 18:00" --until 2h --department water
    """
    from schemas.commands import LineShown

    if department:
        with one_line():
            there = departments_there(bootstrap, namespace)
        check_departments([department], there)
    end = on_clock_of("", until, bootstrap, namespace, "--until")
    if end <= now_ms():
        raise click.BadParameter("must lie in the future", param_hint="--until")
    name = token_hex(3)
    shown = LineShown(
        who=who, at=now_ms(), note=text, line_id=name, until=end, department=department
    )
    say(bootstrap, namespace, shown)
    print(f"line {name}: on the boards of {department or 'all departments'}, until {iso(end)}")


@command.command(name="list")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@alert_topics
def list_(output: Any, bootstrap: str, namespace: str) -> None:
    """Say which lines boards show now, the newest first.

    \b
    Example:
      queuewatch lines list --format csv
    """
    from streams.admin.alerts_text import LINE_COLUMNS, board_line
    from streams.history.render import rendered

    now = now_ms()
    lines = [board_line(each) for each in read_alerts(bootstrap, namespace).book.lines(now)]
    if lines or output != "table":
        click.echo(rendered(lines, LINE_COLUMNS, output), nl=False)
    else:
        print("boards show no line")


@command.command()
@click.argument("line_id", metavar="LINE")
@who_option
@alert_topics
@audited("line_take", "line_id")
def clear(line_id: str, who: str, bootstrap: str, namespace: str) -> None:
    """Take a line from the boards now.

    \b
    Example:
      queuewatch lines clear 3fa9c1
    """
    from schemas.commands import LineTaken

    shown = read_alerts(bootstrap, namespace).book.lines(now_ms())
    line = next((each for each in shown if each.line_id == line_id), None)
    if line is None:
        raise Failure(f'no line "{printable(line_id)}" is shown (`queuewatch lines list` has them)')
    # After it: the clock of the machine where it was written may be ahead.
    taken = LineTaken(who=who, at=max(now_ms(), line.at + 1), line_id=line_id)
    say(bootstrap, namespace, taken)
    print(f"line {line_id} is taken away")
