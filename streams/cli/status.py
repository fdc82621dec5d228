"""`queuewatch status`: age and lag of every process, books of every queue."""

import time
from typing import Literal

import click
import msgspec

from schemas.millis import format_duration
from streams.cli import options
from streams.cli.options import Failure


@click.command(name="status")
@options.kafka
@options.namespace
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="For people, or for programs.")  # fmt: skip
def command(bootstrap: str, namespace: str, form: Literal["table", "json"]) -> None:
    """Say how every process is, what lies before it, and whether the books balance.

    Exit code 1 when something is missing, silent or does not balance.

    \b
    Example:
      queuewatch status --format json
    """
    from streams.admin.broker import AdminError
    from streams.admin.status import read_status

    try:
        status = read_status(bootstrap, namespace, time.time_ns() // 1_000_000)
    except AdminError as error:
        raise Failure(str(error)) from None
    if form == "json":
        text = msgspec.json.format(msgspec.json.encode(status), indent=2).decode()
        print(text)
        if status.problems:
            raise SystemExit(1)
        return
    _print_table(
        ("process", "instance", "condition", "state", "report", "running for", "version"),
        [
            (p.process, p.instance, p.condition, p.state, f"{p.age_s:.0f} s ago",
             format_duration(max(0, round(p.up_s)) * 1000), p.version)
            for p in status.processes
        ],
    )  # fmt: skip
    for p in status.processes:
        if "unread_bytes" in p.totals:
            newest = (
                f", newest line {p.ages_s['last_line']:,.0f} s old"
                if "last_line" in p.ages_s
                else ""
            )
            print(f"{p.process} {p.instance} has read {p.totals['read_to']:,} bytes,"
                  f" {p.totals['unread_bytes']:,} to go{newest}")  # fmt: skip
    for reader, lags in status.lag_records.items():
        worst = max(lags, key=lags.__getitem__, default="")
        most = f", most in {worst} ({lags[worst]:,})" if worst else ""
        oldest = status.lag_s.get(reader)
        age = "" if oldest is None else f", the oldest for {oldest:.1f} s"
        print(f"{reader} has {sum(lags.values()):,} records to go{most}{age}")
    open_books = sum(1 for count in status.unexplained_legs.values() if count)
    print(f"books: {len(status.unexplained_legs)} queues, {open_books} do not balance")
    print(
        f"targets: version {status.targets_version}" if status.targets_version else "targets: none"
    )
    for problem in status.problems[:-1]:
        click.echo(f"queuewatch: {problem}", err=True)
    if status.problems:
        raise Failure(status.problems[-1])


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    print()
