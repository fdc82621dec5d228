"""`queuewatch notes`: incidents, holidays, planned events and promised actions that reports and pages show beside the figures."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from schemas.notes import KINDS, checked_text
from schemas.printable import printable
from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import in_one_line
from streams.cli.who import who_option
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.notes import AnyNoteRecord, NoteKind, WrittenNote

Command = Callable[..., Any]
_EXAMPLE = "2026-10-05T08:00"


def _text(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        return checked_text(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _of_topic(work: Command) -> Command:
    for option in (options.namespace, options.kafka, options.data_of_up):
        work = option(work)
    return work


@click.group(name="notes")
def command() -> None:
    """What people know beside the figures. Reports and /trends show it with them, in the name of who wrote it.

    \b
    Example:
      queuewatch notes add incident "Burst main in the north" --from 2026-10-05T08:00 --to 2026-10-05T11:00 --centre water
    """


@command.command()
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("text", callback=_text)
@click.option(
    "--from", "start", required=True, metavar="T",
    help="Its begin, in the default zone unless it says; of an action when it was promised.",
)  # fmt: skip
@click.option(
    "--to", "end", required=True, metavar="T", help="Its end; of an action when it is due."
)
@click.option(
    "--queue", "queues", multiple=True, metavar="Q", help="About this queue. May be repeated."
)
@click.option(
    "--centre", "centres", multiple=True, metavar="C", help="About this centre. May be repeated."
)
@click.option(
    "--department", "departments", multiple=True, metavar="D",
    help="About this department. May be repeated.  [default: about all]",
)  # fmt: skip
@who_option
@_of_topic
@audited("note_add", "kind", "queues", "centres", "departments")
def add(  # noqa: PLR0913 - one parameter an option
    *,
    kind: "NoteKind",
    text: str,
    start: str,
    end: str,
    queues: tuple[str, ...],
    centres: tuple[str, ...],
    departments: tuple[str, ...],
    who: str,
    bootstrap: str,
    namespace: str,
) -> None:
    """Write a note. KIND: incident, holiday, planned (an event), or action (one that is promised until it is done).

    \b
    Example:
      queuewatch notes add action "Two agents more from 8 to 10" --from 2026-10-05 --to 2026-11-01 --department water
    """
    from schemas.notes import Note
    from schemas.targets_book import TargetsBook
    from streams.admin import notes
    from streams.admin.broker import AdminError
    from streams.admin.targets import read_versions
    from streams.cli.typed_time import on_archive_clock

    now = now_ms()
    with in_one_line(AdminError):
        book = TargetsBook(read_versions(bootstrap, namespace))
        zone = book.zone_at(now)
        note = Note(
            note_id=notes.note_id(now, secrets.randbits(16)),
            who=who,
            at=now,
            kind=kind,
            start=on_archive_clock(start, zone, "--from", _EXAMPLE),
            end=on_archive_clock(end, zone, "--to", _EXAMPLE),
            text=text,
            queues=queues,
            centres=centres,
            departments=departments,
        )
        notes.check(note, book.all_at(now).values())
    _say(bootstrap, namespace, note)
    print(f"note {note.note_id} is written")


@command.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that were withdrawn.")
@click.option(
    "--format", "output", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
)  # fmt: skip
@_of_topic
def list_(*, everything: bool, output: Any, bootstrap: str, namespace: str) -> None:
    """One line a note, by its begin.

    \b
    Example:
      queuewatch notes list --format csv
    """
    from streams.admin.notes_text import COLUMNS, SHOWN, line
    from streams.history.render import rendered

    lines = [line(each) for each in _read(bootstrap, namespace) if everything or not each.withdrawn]
    if not lines and output == "table":
        print("no notes")
        return
    click.echo(rendered(lines, COLUMNS, output, SHOWN), nl=False)


@command.command()
@click.argument("id_", metavar="ID")
@click.option("--because", required=True, callback=_text, metavar="TEXT", help="Why; kept with it.")
@who_option
@_of_topic
@audited("note_withdraw", "id_")
def withdraw(*, id_: str, because: str, who: str, bootstrap: str, namespace: str) -> None:
    """Take a note back: nothing shows it any more. Reports that were published keep it.

    \b
    Example:
      queuewatch notes withdraw 20261005-101500-3fa9 --because "it was another main"
    """
    from streams.admin import notes

    found = _named(bootstrap, namespace, id_)
    _say(bootstrap, namespace, notes.withdrawal(found, who, now_ms(), because))
    print(f"note {id_} is withdrawn: {printable(found.note.text)}")


@command.command()
@click.argument("id_", metavar="ID")
@click.argument("how", callback=_text)
@who_option
@_of_topic
@audited("note_done", "id_")
def done(*, id_: str, how: str, who: str, bootstrap: str, namespace: str) -> None:
    """Say that a promised action is done, and what was done: later reports no longer carry it.

    \b
    Example:
      queuewatch notes done 20261005-111500-07b1 "two agents more since 2026-11-02"
    """
    from streams.admin import notes
    from streams.admin.broker import AdminError

    found = _named(bootstrap, namespace, id_)
    with in_one_line(AdminError):
        record = notes.done(found, who, now_ms(), how)
    _say(bootstrap, namespace, record)
    print(f"action {id_} is done: {printable(found.note.text)}")


def _read(bootstrap: str, namespace: str) -> "list[WrittenNote]":
    from streams.admin import notes
    from streams.admin.broker import AdminError

    with in_one_line(AdminError):
        return notes.read(bootstrap, namespace)


def _named(bootstrap: str, namespace: str, id_: str) -> "WrittenNote":
    from streams.admin import notes
    from streams.admin.broker import AdminError

    found = _read(bootstrap, namespace)
    with in_one_line(AdminError):
        return notes.named(found, id_)


def _say(bootstrap: str, namespace: str, record: "AnyNoteRecord") -> None:
    from streams.admin import notes
    from streams.admin.broker import AdminError

    with in_one_line(AdminError):
        notes.say(bootstrap, namespace, record)
