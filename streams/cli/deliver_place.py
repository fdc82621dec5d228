"""The option `--deliver`: where `queuewatch deliver` answers."""

import click

from schemas.addresses import DELIVER_URL
from streams.cli import options

_HELP = "Where `queuewatch deliver` answers."

deliver_url = click.option(
    "--deliver",
    "url",
    envvar="QUEUEWATCH_DELIVER",
    default=DELIVER_URL,
    show_default=True,
    callback=options.url,
    metavar="URL",
    help=_HELP,
)


def _of_up(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    owner = None if value is not None else options.running_up(ctx)
    found = value if owner is None else owner.deliver_url
    return options.url(ctx, parameter, found or DELIVER_URL)


deliver_url_of_up = click.option(
    "--deliver",
    "url",
    envvar="QUEUEWATCH_DELIVER",
    default=None,
    callback=_of_up,
    metavar="URL",
    help=f"{_HELP}  [default: that of the `up` which runs on --data, else {DELIVER_URL}]",
)
