"""The option `--deliver`: where `queuewatch deliver` answers."""

from urllib.parse import urlsplit

import click

from schemas.addresses import DELIVER_URL


def _url(_: click.Context, __: click.Parameter, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f'expected http://HOST:PORT, got "{value}"')
    return value.rstrip("/")


deliver_url = click.option(
    "--deliver",
    "url",
    envvar="QUEUEWATCH_DELIVER",
    default=DELIVER_URL,
    show_default=True,
    callback=_url,
    metavar="URL",
    help="Where `queuewatch deliver` answers.",
)
