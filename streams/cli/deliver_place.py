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

deliver_url_of_up = click.option(
    "--deliver",
    "url",
    envvar="QUEUEWATCH_DELIVER",
    default=None,
    callback=options.url_of_up("deliver_url", DELIVER_URL),
    metavar="URL",
    help=f"{_HELP}  [default: that of the `up` which runs on --data, else {DELIVER_URL}]",
)
