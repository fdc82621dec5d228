"""`queuewatch quarantine`: what was set aside, and what to do about it."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from schemas.millis import EARLIEST, LATEST, from_iso, iso, parse_duration
from schemas.printable import printable
from schemas.quarantine import REASONS
from schemas.topics import TOPICS
from streams.cli import options
from streams.cli.options import Failure

if TYPE_CHECKING:
    from streams.admin.quarantine import Entry, Wanted
    from streams.admin.replay import Replay

_GROUP_COLUMNS = ("reason", "topic", "count", "first", "last", "what_to_do")
_ENTRY_COLUMNS = (
    "id",
    "reason",
    "topic",
    "at",
    "state",
    "replays",
    "key",
    "source",
    "detail",
    "note",
)
_SHOWN = ("id", "reason", "at", "state", "replays", "detail")
_LEFT_SHOWN = 20

Command = Callable[..., Any]


@click.group(name="quarantine")
def command() -> None:
    """What could not be counted: how much and why, one record whole, send it again, or put it away.

    \b
    Example:
      queuewatch quarantine list --since 2h
    """


def _since(_: click.Context, __: click.Parameter, text: str | None) -> int:
    if not text:
        return 0
    try:
        return _now() - parse_duration(text)
    except ValueError:
        pass
    try:
        at = from_iso(text)
    except (ValueError, OverflowError):
        at = 0
    if not EARLIEST <= at < LATEST:
        raise click.BadParameter(f'expected a time or a duration such as "2h", got "{text}"')
    return at


def _filters(work: Command) -> Command:
    for option in (
        click.option("--since", callback=_since, metavar="T", default=None,
                     help="Refused from then on: 2026-11-01T08:00 (UTC unless it says) or 2h for ago."),
        click.option("--topic", type=click.Choice([*(t.name for t in TOPICS), "file"]), default=None,
                     metavar="TOPIC", help="Of this topic; `file`: rows that never became an event."),
        click.option("--reason", type=click.Choice(REASONS), default=None, metavar="REASON",
                     help="Refused for this reason."),
        options.namespace,
        options.kafka,
    ):  # fmt: skip
        work = option(work)
    return work


@command.command(name="list")
@_filters
@click.option("--each", is_flag=True, help="One line an entry, with its id, in place of counts.")
@click.option("--all", "everything", is_flag=True, help="Also what was replayed or dropped.")
@click.option("--format", "output", type=click.Choice(["table", "csv", "json"]), default="table",
              show_default=True)  # fmt: skip
def list_(  # noqa: PLR0917 - filters
    bootstrap: str, namespace: str, reason: str | None, topic: str | None, since: int,
    each: bool, everything: bool, output: Any,
) -> None:  # fmt: skip
    """Say how much was set aside, by reason and topic, and what to do about it.

    \b
    Example:
      queuewatch quarantine list --reason too_many_queues --each
    """
    from streams.admin.quarantine import counted
    from streams.history.render import rendered

    found = [
        e for e in _read(bootstrap, namespace) if _wanted(reason, topic, since, everything).has(e)
    ]
    if each:
        lines = [_line(entry) for entry in found]
        click.echo(rendered(lines, _ENTRY_COLUMNS, output, _SHOWN), nl=False)
        return
    groups = [
        {**group, "first": iso(int(group["first_at"])), "last": iso(int(group["last_at"]))}
        for group in counted(found)
    ]
    if groups or output != "table":
        click.echo(rendered(groups, _GROUP_COLUMNS, output, _GROUP_COLUMNS), nl=False)
    else:
        print("nothing is set aside" if everything else "nothing is set aside that is still open")


@command.command()
@click.argument("place", metavar="ID")
@options.kafka
@options.namespace
def show(place: str, bootstrap: str, namespace: str) -> None:
    """Show one entry whole, its numbers masked: where from, why, and what to do.

    \b
    Example:
      queuewatch quarantine show calls-3:1042
    """
    from streams.admin.quarantine import WHAT_TO_DO, topic_and_partition
    from streams.admin.replay import original
    from streams.core.quarantining import masked

    (entry,) = _chosen(bootstrap, namespace, [place], None)
    stands = topic_and_partition(entry)
    with _one_line():
        value = original(bootstrap, namespace, entry) if stands else None
    where = f"line {entry.position} of file {entry.origin}"
    if stands:
        where = f"topic {stands[0]}, partition {stands[1]}, offset {entry.position}"
    text, cut = entry.original, ""
    if value is not None:
        text = masked(value)
    elif stands:
        cut = " (the input topic no longer keeps its bytes; cut at 4,000 characters)"
    for name, told in (
        ("id", entry.place), ("from", where), ("key", entry.original_key), ("source", entry.source),
        ("reason", entry.reason), ("why", entry.detail), ("first", iso(entry.first_at)),
        ("last", iso(entry.last_at)), ("state", _state(entry)), ("replays", str(entry.replays)),
        ("what to do", WHAT_TO_DO[entry.reason]),
    ):  # fmt: skip
        if told:
            print(f"{name + ':':<12}{printable(told)}")
    print(f"original, masked{cut}:")
    print(printable(text))


@command.command()
@click.argument("places", metavar="[ID]…", nargs=-1)
@_filters
@click.option("--timeout", "timeout_s", type=click.FloatRange(min=0), default=60.0, show_default=True,
              metavar="S", help="Seconds to wait for the stream's judgement.")  # fmt: skip
def replay(
    places: tuple[str, ...], bootstrap: str, namespace: str, reason: str | None,
    topic: str | None, since: int, timeout_s: float,
) -> None:  # fmt: skip
    """Send the original bytes again: for what was refused because of something since mended.

    What was counted already counts once; what is still bad stays one entry. Exit 1 when something
    could not be sent or was refused again.

    \b
    Example:
      queuewatch quarantine replay --reason too_many_queues --since 2h
    """
    from producers.progress import Progress
    from streams.admin.replay import replay as send_again

    entries = _chosen(bootstrap, namespace, places, _filter(places, reason, topic, since))
    if not entries:
        print("nothing to replay")
        return
    progress = Progress("replaying", len(entries), "events", sys.stderr)
    with _one_line():
        try:
            done = send_again(bootstrap, namespace, entries, _now(), timeout_s, progress.move_to)
        finally:
            progress.close()
    _report(done, timeout_s)


@command.command()
@click.argument("places", metavar="[ID]…", nargs=-1)
@_filters
@click.option("--because", "note", required=True, metavar="TEXT",
              help="Why nothing more is to be done; kept with the entry.")  # fmt: skip
def drop(
    places: tuple[str, ...], bootstrap: str, namespace: str, reason: str | None,
    topic: str | None, since: int, note: str,
) -> None:  # fmt: skip
    """Note that nothing more is to be done about entries, and why. Nothing is deleted.

    \b
    Example:
      queuewatch quarantine drop calls-3:1042 --because "a test of the new adapter"
    """
    from streams.admin.replay import drop as put_away
    from streams.core.quarantining import mask_digits

    if not note.strip():
        raise click.BadParameter("say why", param_hint="--because")
    entries = _chosen(bootstrap, namespace, places, _filter(places, reason, topic, since))
    with _one_line():
        count = put_away(bootstrap, namespace, entries, _now(), mask_digits(note.strip())[:500])
    print(f"{count} dropped; `queuewatch quarantine list --all` still shows them")


def _report(done: "Replay", timeout_s: float) -> None:
    accepted = len(done.sent) - len(done.refused_again)
    print(
        f"{len(done.sent)} sent again: {accepted} accepted, {len(done.refused_again)} refused again;"
        f" {len(done.left)} not sent"
    )
    told = [f"{left.entry.place}: {left.why}" for left in done.left]
    told += [
        f"{each.place}: refused again: {each.reason}: {each.detail}" for each in done.refused_again
    ]
    for line in told[:_LEFT_SHOWN]:
        click.echo(f"queuewatch: {printable(line)}", err=True)
    if len(told) > _LEFT_SHOWN:
        click.echo(f"queuewatch: … and {len(told) - _LEFT_SHOWN} more", err=True)
    if done.unjudged:
        raise Failure(
            f"sent, but not judged within {timeout_s:g} s (`queuewatch status`): what is refused again"
            " will stand in `queuewatch quarantine list`"
        )
    if any(left.entry.state == "open" for left in done.left) or done.refused_again:
        raise SystemExit(1)


def _read(bootstrap: str, namespace: str) -> "list[Entry]":
    from streams.admin.quarantine import read

    with _one_line():
        return read(bootstrap, namespace)


def _chosen(
    bootstrap: str, namespace: str, places: Sequence[str], wanted: "Wanted | None"
) -> "list[Entry]":
    from streams.admin.quarantine import Wanted, chosen

    found = _read(bootstrap, namespace)
    with _one_line():
        return chosen(found, places, wanted or Wanted())


def _wanted(reason: str | None, topic: str | None, since: int, everything: bool) -> "Wanted":
    from streams.admin.quarantine import STATES, Wanted

    wanted = Wanted(reason or "", topic or "", since)
    return replace(wanted, states=frozenset(STATES)) if everything else wanted


def _filter(places: Sequence[str], reason: str | None, topic: str | None, since: int) -> "Wanted":
    """Ids or filters, not both and not neither: nobody empties the whole list by a slip."""
    if bool(places) == bool(reason or topic or since):
        raise click.UsageError(
            "name entries by their ids, or choose them by --reason, --topic, --since"
        )
    return _wanted(reason, topic, since, everything=False)


def _line(entry: "Entry") -> dict[str, str | int | float | None]:
    return {
        "id": entry.place, "reason": entry.reason, "topic": entry.topic, "at": iso(entry.last_at),
        "state": entry.state, "replays": entry.replays, "key": entry.original_key or None, "source": entry.source or None,
        "detail": printable(entry.detail), "note": entry.note or None,
    }  # fmt: skip


def _state(entry: "Entry") -> str:
    if entry.handled_at is None:
        return entry.state
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.state} (last handled at {iso(entry.handled_at)}{note})"


@contextmanager
def _one_line() -> Iterator[None]:
    from streams.admin.broker import AdminError

    try:
        yield
    except AdminError as error:
        raise Failure(str(error)) from None


def _now() -> int:
    return time.time_ns() // 1_000_000
