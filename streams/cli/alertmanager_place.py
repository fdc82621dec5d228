"""The option `--alertmanager`: where Alertmanager answers, or `deliver` in its place."""

import click

from schemas.addresses import ALERTMANAGER_URL
from streams.cli import options

_HELP = "Where Alertmanager answers."

alertmanager_url = click.option(
    "--alertmanager",
    envvar="QUEUEWATCH_ALERTMANAGER",
    default=ALERTMANAGER_URL,
    show_default=True,
    callback=options.url,
    metavar="URL",
    help=_HELP,
)

alertmanager_url_of_up = click.option(
    "--alertmanager",
    envvar="QUEUEWATCH_ALERTMANAGER",
    default=None,
    callback=options.url_of_up("alertmanager_url", ALERTMANAGER_URL),
    metavar="URL",
    help="Where alerts of the pipeline are listed: Alertmanager, or deliver in its place."
    f"  [default: that of the `up` which runs on --data, else {ALERTMANAGER_URL}]",
)
