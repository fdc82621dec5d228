"""`queuewatch quarantine`: what was set aside, and what to do about it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from schemas.quarantine import REASONS
from schemas.topics import TOPICS
from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import Failure, in_one_line
from streams.cli.typed_time import on_clock_of, typed
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from streams.admin.quarantine import Entry, Wanted
    from streams.admin.replay import Replay

_LINES_SHOWN = 20

Command = Callable[..., Any]


@click.group(name="quarantine")
def command() -> None:
    """What could not be counted: how much and why, one record whole, send it again, or put it away.

    \b
    Example:
      queuewatch quarantine list --since 2h
    """


def _since(_: click.Context, __: click.Parameter, text: str | None) -> int | str:
    return typed(text, now_ms(), ahead=False) if text else 0


def _filters(work: Command) -> Command:
    for option in (
        click.option(
            "--since",
            callback=_since,
            metavar="T",
            default=None,
            help="Refused from then on: 2026-11-01T08:00 (in the default zone unless it says) or 2h for ago.",
        ),
        click.option(
            "--topic",
            type=click.Choice([*(t.name for t in TOPICS), "file"]),
            default=None,
            metavar="TOPIC",
            help="Of this topic; `file`: rows that never became an event.",
        ),
        click.option(
            "--reason",
            type=click.Choice(REASONS),
            default=None,
            metavar="REASON",
            help="Refused for this reason.",
        ),
        options.namespace,
        options.data_of_up,
        options.kafka,
    ):
        work = option(work)
    return work


@command.command(name="list")
@_filters
@click.option("--each", is_flag=True, help="One line an entry, with its id, in place of counts.")
@click.option("--all", "everything", is_flag=True, help="Also what was replayed or dropped.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
def list_(  # noqa: PLR0917 - filters
    bootstrap: str,
    namespace: str,
    reason: str | None,
    topic: str | None,
    since: int | str,
    each: bool,
    everything: bool,
    output: Any,
) -> None:
    """Say how much was set aside, by reason and topic, and what to do about it.

    \b
    Example:
      queuewatch quarantine list --reason too_many_queues --each
    """
    from streams.admin import quarantine_text as text
    from streams.history.render import rendered

    at = on_clock_of("", since, bootstrap, namespace, "--since")
    found = _chosen(bootstrap, namespace, (), _wanted(reason, topic, at, everything))
    if each:
        lines = [text.entry_line(entry) for entry in found]
        click.echo(rendered(lines, text.ENTRY_COLUMNS, output, text.ENTRY_SHOWN), nl=False)
        return
    groups = text.group_lines(found)
    if groups or output != "table":
        click.echo(rendered(groups, text.GROUP_COLUMNS, output), nl=False)
    else:
        print("nothing is set aside" if everything else "nothing is set aside that is still open")


@command.command()
@click.argument("place", metavar="ID")
@options.data_of_up
@options.kafka
@options.namespace
def show(place: str, bootstrap: str, namespace: str) -> None:
    """Show one entry whole, its numbers masked: where from, why, and what to do.

    \b
    Example:
      queuewatch quarantine show calls-3:1042
    """
    from streams.admin.quarantine_text import whole
    from streams.admin.replay import original

    (entry,) = _chosen(bootstrap, namespace, [place])
    with _one_line():
        value = original(bootstrap, namespace, entry)
    for line in whole(entry, value):
        print(line)


@command.command()
@click.argument("places", metavar="[ID]…", nargs=-1)
@_filters
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait for the stream's judgement.",
)
@audited("quarantine_replay", "places", "reason", "topic")
def replay(
    places: tuple[str, ...],
    bootstrap: str,
    namespace: str,
    reason: str | None,
    topic: str | None,
    since: int | str,
    timeout_s: float,
) -> None:
    """Send the original bytes again: for what was refused because of something since mended.

    What was counted already counts once; what is still bad stays one entry. Exit 1 when something
    could not be sent or was refused again.

    \b
    Example:
      queuewatch quarantine replay --reason too_many_queues --since 2h
    """
    from producers.progress import Progress
    from streams.admin.replay import replay as send_again

    at = on_clock_of("", since, bootstrap, namespace, "--since")
    entries = _chosen(bootstrap, namespace, places, _filter(places, reason, topic, at))
    if not entries:
        print("nothing to replay")
        return
    progress = Progress("replaying", len(entries), "events", sys.stderr)
    with _one_line():
        try:
            done = send_again(bootstrap, namespace, entries, now_ms(), timeout_s, progress.move_to)
        finally:
            progress.close()
    _report(done, timeout_s)


@command.command()
@click.argument("places", metavar="[ID]…", nargs=-1)
@_filters
@click.option(
    "--because",
    "note",
    required=True,
    metavar="TEXT",
    help="Why nothing more is to be done; kept with the entry.",
)
@audited("quarantine_drop", "places", "reason", "topic")
def drop(
    places: tuple[str, ...],
    bootstrap: str,
    namespace: str,
    reason: str | None,
    topic: str | None,
    since: int | str,
    note: str,
) -> None:
    """Note that nothing more is to be done about entries, and why. Nothing is deleted.

    \b
    Example:
      queuewatch quarantine drop calls-3:1042 --because "a test of the new adapter"
    """
    from streams.admin.replay import drop as put_away

    if not note.strip():
        raise click.BadParameter("say why", param_hint="--because")
    at = on_clock_of("", since, bootstrap, namespace, "--since")
    entries = _chosen(bootstrap, namespace, places, _filter(places, reason, topic, at))
    with _one_line():
        count = put_away(bootstrap, namespace, entries, now_ms(), note)
    print(f"{count} dropped; `queuewatch quarantine list --all` still shows them")


def _report(done: "Replay", timeout_s: float) -> None:
    from streams.admin.quarantine_text import not_accepted, outcome

    print(outcome(done))
    for line in not_accepted(done, _LINES_SHOWN):
        click.echo(f"queuewatch: {line}", err=True)
    if done.unjudged:
        raise Failure(
            f"sent, but not judged within {timeout_s:g} s (`queuewatch status`): what is refused again"
            " will stand in `queuewatch quarantine list`"
        )
    if not done.complete:
        raise SystemExit(1)


def _chosen(
    bootstrap: str, namespace: str, places: Sequence[str], wanted: "Wanted | None" = None
) -> "list[Entry]":
    from streams.admin.quarantine import Wanted, chosen, read

    with _one_line():
        return chosen(read(bootstrap, namespace), places, wanted or Wanted())


def _wanted(reason: str | None, topic: str | None, since: int, everything: bool) -> "Wanted":
    from streams.admin.quarantine import Wanted

    make = Wanted.of_any_state if everything else Wanted
    return make(reason or "", topic or "", since)


def _filter(places: Sequence[str], reason: str | None, topic: str | None, since: int) -> "Wanted":
    """The filter; UsageError unless ids or filters are given, so that nobody takes all entries by mistake."""
    if bool(places) == bool(reason or topic or since):
        raise click.UsageError(
            "name entries by their ids, or choose them by --reason, --topic, --since"
        )
    return _wanted(reason, topic, since, everything=False)


@contextmanager
def _one_line() -> Iterator[None]:
    from streams.admin.broker import AdminError

    with in_one_line(AdminError):
        yield
