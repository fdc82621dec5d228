"""The option `--deliver`: where `queuewatch deliver` answers."""

import click

from schemas.addresses import DELIVER_URL
from streams.cli import options

deliver_url = click.option(
    "--deliver",
    "url",
    envvar="QUEUEWATCH_DELIVER",
    default=DELIVER_URL,
    show_default=True,
    callback=options.url,
    metavar="URL",
    help="Where `queuewatch deliver` answers.",
)
