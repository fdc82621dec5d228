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


def _of_up(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    owner = None if value is not None else options.running_up(ctx)
    found = value if owner is None else owner.alertmanager_url
    return options.url(ctx, parameter, found or ALERTMANAGER_URL)


alertmanager_url_of_up = click.option(
    "--alertmanager",
    envvar="QUEUEWATCH_ALERTMANAGER",
    default=None,
    callback=_of_up,
    metavar="URL",
    help="Where alerts of the pipeline are listed: Alertmanager, or deliver in its place."
    f"  [default: that of the `up` which runs on --data, else {ALERTMANAGER_URL}]",
)
