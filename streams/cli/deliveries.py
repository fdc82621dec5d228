"""`queuewatch deliveries`: what was sent, and how it is taken back."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import Failure, in_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.deliveries import Withdrawal
    from streams.admin.deliveries import KnownDelivery
    from streams.history.withdrawing import Effect

_DRAINED_WITHIN_S = 60.0
_SHOWN_WITHIN_S = 60.0
_ASK_AGAIN_S = 0.2


@click.group(name="deliveries")
def command() -> None:
    """What was sent: list it, show one delivery whole, or take a wrong file back.

    \b
    Example:
      queuewatch deliveries list
    """


@command.command(name="list")
@options.data_of_up
@options.kafka
@options.namespace
@click.option("--source", default=None, metavar="NAME", help="Only of this source.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
def list_(bootstrap: str, namespace: str, source: str | None, output: Any) -> None:
    """One line a delivery, oldest first, with the figures that `send` printed.

    \b
    Example:
      queuewatch deliveries list --source pbx --format csv
    """
    from streams.admin.deliveries_text import COLUMNS, SHOWN, line
    from streams.history.render import rendered

    found = _read(bootstrap, namespace)
    lines = [line(each) for each in found if source in (None, each.delivery.source)]
    if not lines and output == "table":
        print("nothing was sent" if source is None else f'nothing was sent by source "{source}"')
        return
    click.echo(rendered(lines, COLUMNS, output, SHOWN), nl=False)


@command.command()
@click.argument("name", metavar="ID")
@options.data_of_up
@options.kafka
@options.namespace
def show(name: str, bootstrap: str, namespace: str) -> None:
    """Show one delivery whole: its files with their digests, and what became of its records.

    \b
    Example:
      queuewatch deliveries show 20261129-093005-3fa9
    """
    from streams.admin.deliveries_text import whole

    for line in whole(_named(bootstrap, namespace, name)):
        print(line)


@command.command()
@click.argument("name", metavar="ID")
@click.option(
    "--because", "note", default="", metavar="TEXT", help="Why; kept with the withdrawal."
)
@click.option("--dry-run", is_flag=True, help="Say what it would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
@options.kafka
@options.namespace
@options.clickhouse
@options.query_port
@audited("delivery_withdraw", "name", unless="dry_run")
def withdraw(  # noqa: PLR0913 - one parameter an option
    *,
    name: str,
    note: str,
    dry_run: bool,
    yes: bool,
    data: Path,
    bootstrap: str,
    namespace: str,
    clickhouse_url: str | None,
    query_port: int,
) -> None:
    """Take a file of history back whole: its calls no longer count, and what others told of them does.

    Says what it changes, then asks. Nothing is deleted: `history --as-of` shows the figures of before, and
    `history corrections` what changed. Sent again right, the file counts once.

    \b
    Example:
      queuewatch deliveries withdraw 20261129-093005-3fa9 --because "wrong time zone"
    """
    from producers.input_file import InputFileError
    from schemas.counted import counted
    from schemas.deliveries import Withdrawal
    from streams.admin import withdrawal
    from streams.admin.broker import AdminError
    from streams.cli.history import archive_of
    from streams.history import withdrawing
    from streams.plumbing.wall_clock import now_ms

    known = _named(bootstrap, namespace, name)
    with in_one_line(AdminError, InputFileError):
        if known.withdrawal is not None and not dry_run:  # perhaps by a run that was then killed
            _put_away(data, bootstrap, namespace, known.withdrawal)
        withdrawal.check(known)
    _drained(bootstrap, namespace)
    with (
        archive_of(data, query_port, clickhouse_url) as reader,
        in_one_line(AdminError, InputFileError),
    ):
        found = withdrawing.effects(reader, name)
        for line in _effect_lines(known, found):
            print(line)
        if dry_run:
            print("nothing withdrawn")
            return
        if not yes:
            options.ask("Withdraw it?", "nothing withdrawn")
        gone, restored = sum(each.gone for each in found), sum(each.restored for each in found)
        record = Withdrawal(name, now_ms(), gone=gone, restored=restored, note=note)
        withdrawal.withdraw(bootstrap, namespace, record)
        refused = _put_away(data, bootstrap, namespace, record)
        _wait_until_known(reader, name)
    print(
        f"delivery {name} withdrawn: {gone:,} legs gone, {restored:,} back to what others told,"
        f" {counted(refused, 'rows')} of quarantine put away"
    )


def _put_away(data: Path, bootstrap: str, namespace: str, record: "Withdrawal") -> int:
    """What it left beside its legs; returns how many rows of quarantine there were. Repeating it is harmless.

    Left there, its open calls would be gone on with by the next file of its source.
    """
    from producers.loose_ends import remove_loose_ends
    from streams.admin.withdrawal import put_away_refused

    remove_loose_ends(data, record.delivery_id)
    return put_away_refused(bootstrap, namespace, record.delivery_id, record.at)


def _wait_until_known(reader: Any, name: str) -> None:
    """Return when the archive's figures are without the delivery."""
    from streams.history.withdrawing import is_withdrawn

    deadline = time.monotonic() + _SHOWN_WITHIN_S
    while not is_withdrawn(reader, name):
        if time.monotonic() > deadline:
            raise Failure(
                f"delivery {name} is withdrawn, but the archive does not know it yet"
                " (`queuewatch status`): its figures follow when it does"
            )
        time.sleep(_ASK_AGAIN_S)


def _effect_lines(known: "KnownDelivery", effects: "Sequence[Effect]") -> "list[str]":
    from schemas.millis import iso

    delivery = known.delivery
    files = ", ".join(file.name for file in delivery.files)
    lines = [f"delivery {delivery.delivery_id} of source {delivery.source} ({files}):"]
    if delivery.state == "sending":
        lines.append(
            "  it is still being sent, or its sender was killed: what it sends later goes, too"
        )
    for each in effects:
        when = (
            f", arrived from {iso(each.first_at)} to {iso(each.last_at)}" if each.first_at else ""
        )
        lines.append(
            f"  queue {each.queue}: {each.gone:,} legs go, {each.restored:,} go back to what others"
            f" told, {each.untouched:,} stay as others told them{when}"
        )
    if not effects:
        lines.append("  history has no leg of it")
    return lines


def _drained(bootstrap: str, namespace: str) -> None:
    """What the archive does not hold yet cannot be said to change."""
    from streams.admin.broker import AdminError
    from streams.admin.drain import drain
    from streams.cli.progress import Progress

    progress = Progress()
    with in_one_line(AdminError), closing(progress):
        remaining = drain(bootstrap, namespace, _DRAINED_WITHIN_S, progress.waiting)
    if remaining is not None:
        raise Failure(
            f"nothing withdrawn: not everything that was sent is archived yet ({remaining});"
            " try again, `queuewatch status` says more"
        )


def _read(bootstrap: str, namespace: str) -> "list[KnownDelivery]":
    from streams.admin.broker import AdminError
    from streams.admin.deliveries import read

    with in_one_line(AdminError):
        return read(bootstrap, namespace)


def _named(bootstrap: str, namespace: str, name: str) -> "KnownDelivery":
    from streams.admin.broker import AdminError
    from streams.admin.deliveries import named

    with in_one_line(AdminError):
        return named(_read(bootstrap, namespace), name)
