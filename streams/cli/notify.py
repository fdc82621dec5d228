"""`queuewatch notify`: post alerts to Alertmanager."""

import logging
import sys
from urllib.parse import urlsplit

import click

from schemas.millis import SECOND, parse_duration
from streams.cli import options
from streams.cli.options import in_one_line


def _resend(_: click.Context, __: click.Parameter, value: str) -> int:
    try:
        resend_ms = parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if resend_ms < SECOND:
        raise click.BadParameter("at least 1s")
    return resend_ms


def _url(_: click.Context, __: click.Parameter, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f'expected http://HOST:PORT, got "{value}"')
    return value.rstrip("/")


@click.command(name="notify")
@options.kafka
@options.namespace
@click.option(
    "--alertmanager",
    envvar="QUEUEWATCH_ALERTMANAGER",
    default="http://127.0.0.1:9093",
    show_default=True,
    callback=_url,
    metavar="URL",
    help="Where Alertmanager answers.",
)
@click.option(
    "--resend",
    "resend_ms",
    envvar="QUEUEWATCH_RESEND",
    default="30s",
    show_default=True,
    callback=_resend,
    metavar="DURATION",
    help="Time between posts of an alert that goes on firing.",
)
@click.option(
    "--board-url",
    envvar="QUEUEWATCH_BOARD_URL",
    default="http://127.0.0.1:8080",
    show_default=True,
    callback=_url,
    metavar="URL",
    help="Where people open the board: a link in every message.",
)
@click.option(
    "--runbooks",
    envvar="QUEUEWATCH_RUNBOOKS",
    default="",
    metavar="URL",
    help="Where the runbooks are, if not on the board: a link in every message.",
)
@click.option(
    "--metrics-port",
    envvar="QUEUEWATCH_NOTIFY_METRICS_PORT",
    default=9103,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of /metrics and /healthz; 0 takes a free one.",
)
@click.option(
    "--bind",
    envvar="QUEUEWATCH_BIND",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address that /metrics listens on.",
)
def command(  # noqa: PLR0917 - one parameter an option
    bootstrap: str,
    namespace: str,
    alertmanager: str,
    resend_ms: int,
    board_url: str,
    runbooks: str,
    metrics_port: int,
    bind: str,
) -> None:
    """Post every alert of a queue to Alertmanager when it changes, and again while it fires.

    Alertmanager away: tried again with growing pauses, nothing is lost. Alerts of the past (a
    back-fill, a source that catches up) are counted, not posted.

    \b
    Example:
      queuewatch notify --alertmanager http://127.0.0.1:9093 --resend 30s
    """
    from streams.plumbing.ports import PortTakenError
    from streams.sinks.alertmanager.decide import Links
    from streams.sinks.alertmanager.process import NotifyOptions, run

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    chosen = NotifyOptions(
        bootstrap=bootstrap,
        namespace=namespace,
        alertmanager=alertmanager,
        resend_ms=resend_ms,
        links=Links(board_url, runbooks.rstrip("/")),
        metrics_port=metrics_port,
        bind=bind,
    )
    with in_one_line(PortTakenError):
        run(chosen, lambda line: click.echo(line, err=True))
