"""`queuewatch audit`: who changed what, logged in, was refused or took figures out; and whether the record is whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from schemas.audit import ACTIONS, Outcome, Seen
from schemas.millis import iso
from schemas.printable import printable
from streams.cli import options
from streams.cli.history import archive_reader
from streams.cli.options import Failure, in_one_line
from streams.cli.typed_time import on_clock_of, typed
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.audit import AuditRecord
    from streams.admin.audit_trail import Held, Trail

_COLUMNS = ("at", "who", "role", "from_address", "action", "object", "outcome", "detail", "offset")
_SHOWN = ("at", "who", "from_address", "action", "object", "outcome", "detail")


def _moment(_: click.Context, __: click.Parameter, text: str | None) -> int | str | None:
    return None if text is None else typed(text, now_ms(), ahead=False)


def _noted(_: click.Context, __: click.Parameter, text: str | None) -> Seen | None:
    if text is None:
        return None
    offset, _colon, digest = text.partition(":")
    if not offset.isdecimal() or len(digest) < 8:  # noqa: PLR2004 - fewer digits could be guessed
        raise click.BadParameter(
            f'expected OFFSET:DIGEST as `audit check` printed it, got "{text}"'
        )
    return Seen(int(offset), digest)


def _place(work: Any) -> Any:
    for option in (
        options.query_port, options.clickhouse, options.namespace, options.kafka, options.data
    ):  # fmt: skip
        work = option(work)
    return work


@click.group(name="audit")
def command() -> None:
    """What was done by commands and on the board: list it, or check that nothing of it was changed.

    \b
    Example:
      queuewatch audit list --from 7d
    """


@command.command(name="list")
@click.option(
    "--from",
    "since",
    callback=_moment,
    default=None,
    metavar="T",
    help="Only since then: 7d, or 2026-11-01T08:00.",
)
@click.option(
    "--to", "until", callback=_moment, default=None, metavar="T", help="Only before then."
)
@click.option("--who", default=None, metavar="NAME", help="Only what NAME did.")
@click.option(
    "--action", type=click.Choice(ACTIONS), default=None, metavar="WORD", help="Only this action."
)
@click.option(
    "--outcome", type=click.Choice(get_args(Outcome)), default=None, help="Only what ended so."
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@_place
def list_(
    *, since: int | str | None, until: int | str | None, who: str | None, action: str | None,
    outcome: str | None, output: Any, **place: Any,
) -> None:  # fmt: skip
    """One line a record, oldest first. Exit code 1, and a line for each, if records were changed or removed.

    \b
    Example:
      queuewatch audit list --from 7d --who anna
      queuewatch audit list --from 2026-11-01 --action export --format csv
    """
    from streams.admin.audit_trail import repeated
    from streams.history.render import rendered

    start, end = (
        None if at is None else on_clock_of("", at, place["bootstrap"], place["namespace"], flag)
        for at, flag in ((since, "--from"), (until, "--to"))
    )
    found = _trail(place)
    once_more = repeated(found)
    lines = [
        _line(entry.record, entry.offset)
        for entry in found.entries
        if entry.record is not None
        and (entry.appended_at, entry.offset) not in once_more
        and (start is None or entry.record.at >= start)
        and (end is None or entry.record.at < end)
        and who in {None, entry.record.who}
        and action in {None, entry.record.action}
        and outcome in {None, entry.record.outcome}
    ]
    if lines or output != "table":
        click.echo(rendered(lines, _COLUMNS, output, _SHOWN), nl=False)
    else:
        print("no such record")
    _end(found)


@command.command()
@click.option(
    "--noted", callback=_noted, default=None, metavar="OFFSET:DIGEST",
    help="What a former check printed: the chain must still go through it.",
)  # fmt: skip
@_place
def check(noted: Seen | None, **place: Any) -> None:
    """Check the chain over all records that Kafka and the archive hold; exit code 1 with a line for each mistake.

    Note what it prints outside of this system: with --noted it shows later that nothing up to there was changed or
    removed, not even by somebody with all rights here.

    \b
    Example:
      queuewatch audit check
      queuewatch audit check --noted 1042:9f2c0e7d4b6a81f3
    """
    from streams.admin.audit_trail import foreign, noted_is_held, repeated

    found = _trail(place)
    if count := foreign(found):
        click.echo(f"{count} records in topic audit are not of queuewatch", err=True)
    if noted is not None and not noted_is_held(found, noted):
        place_of = f"offset {noted.offset}, digest {noted.digest}"
        found = _with(found, f"the chain does not go through what was noted ({place_of})")
    _end(found)
    if not found.entries:
        print("nothing is recorded yet")
        return
    first = found.entries[0]
    print(f"{len(found.entries)} records since {iso(first.appended_at)}: the chain is whole")
    if count := len(repeated(found)):
        print(
            f"{count} of them stand there twice, for Kafka's answer was lost; they are listed once"
        )
    print(f"to note elsewhere: {found.head.offset}:{found.head.digest}")


def _line(record: "AuditRecord", offset: int) -> dict[str, Any]:
    line = {name: getattr(record, name) for name in _COLUMNS if name not in {"at", "offset"}}
    texts = {name: printable(text) or None for name, text in line.items()}
    return {"at": iso(record.at), "offset": offset, **texts}


def _with(found: "Trail", line: str) -> "Trail":
    from msgspec.structs import replace

    return replace(found, broken=[*found.broken, line])


def _end(found: "Trail") -> None:
    for line in found.broken:
        click.echo(f"queuewatch: {line}", err=True)
    if found.broken:
        raise Failure("the audit was changed: see docs/security.md#audit")


def _trail(place: dict[str, Any]) -> "Trail":
    from streams.admin.audit_trail import held_by_topic, trail
    from streams.admin.broker import AdminError

    with in_one_line(AdminError):
        topic, committed = held_by_topic(place["bootstrap"], place["namespace"])
    return trail(
        topic, _archived(place["data"], place["query_port"], place["clickhouse_url"]), committed
    )


def _archived(data: Path, query_port: int, url: str | None) -> "Held | None":
    """None, with a line, if the archive does not answer: what Kafka holds is shown without it."""
    from streams.admin.audit_trail import held_by_archive
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError

    reader = archive_reader(data, query_port, url)
    try:
        return held_by_archive(reader)
    except (UnavailableError, RefusedError) as error:
        click.echo(f"only what Kafka holds: {error}", err=True)
        return None
    finally:
        reader.close()
