"""`queuewatch drain`: wait until everything sent is counted and archived."""

import time
from contextlib import closing

import click

from streams.cli import options
from streams.cli.options import Failure, in_one_line
from streams.cli.progress import Progress


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

    progress = Progress()
    began = time.monotonic()
    with in_one_line(AdminError), closing(progress):
        remaining = drain(bootstrap, namespace, timeout_s, progress.waiting)
    if remaining is not None:
        raise Failure(
            f"not drained within {timeout_s:g} s: {remaining} (`queuewatch status` says more)"
        )
    print(f"drained after {time.monotonic() - began:.1f} s")
