"""`queuewatch drain`: wait until everything sent is counted and archived."""

import sys
import time
from contextlib import closing

import click

from streams.cli import options
from streams.cli.options import Failure, in_one_line

_LINE_EVERY_S = 5.0


class DrainProgress:
    """On a terminal one line that is overwritten; otherwise one plain line every few seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next_line = time.monotonic() + _LINE_EVERY_S
        self._most: dict[str, int] = {}

    def __call__(self, reader: str, behind: int) -> None:
        most = self._most[reader] = max(self._most.get(reader, 0), behind)
        text = f"waiting for {reader}: {behind:,} of {most:,} records to go"
        if self._terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
        elif behind and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_EVERY_S
            click.echo(text, err=True)

    def close(self) -> None:
        if self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


@click.command(name="drain")
@options.data_of_up
@options.kafka
@options.namespace
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait before giving up.",
)
def command(bootstrap: str, namespace: str, timeout_s: float) -> None:
    """Wait until everything sent so far is counted and archived; exit 1 and what lags otherwise.

    \b
    Example:
      queuewatch send records calls.csv && queuewatch drain --timeout 120
    """
    from streams.admin.broker import AdminError
    from streams.admin.drain import drain

    progress = DrainProgress()
    began = time.monotonic()
    with in_one_line(AdminError), closing(progress):
        remaining = drain(bootstrap, namespace, timeout_s, progress)
    if remaining is not None:
        raise Failure(
            f"not drained within {timeout_s:g} s: {remaining} (`queuewatch status` says more)"
        )
    print(f"drained after {time.monotonic() - began:.1f} s")
