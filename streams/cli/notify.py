"""`queuewatch notify`: post alerts to Alertmanager."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from schemas.health import Health
from schemas.millis import SECOND, parse_duration
from streams.cli import options
from streams.cli.options import Failure

if TYPE_CHECKING:
    from streams.sinks.alertmanager.figures import Figures
    from streams.sinks.alertmanager.notifier import Notifier


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
@click.option("--alertmanager", envvar="QUEUEWATCH_ALERTMANAGER", default="http://127.0.0.1:9093",
              show_default=True, callback=_url, metavar="URL", help="Where Alertmanager answers.")  # fmt: skip
@click.option("--resend", "resend_ms", envvar="QUEUEWATCH_RESEND", default="30s", show_default=True,
              callback=_resend, metavar="DURATION", help="Time between posts of an alert that goes on firing.")  # fmt: skip
@click.option("--board-url", envvar="QUEUEWATCH_BOARD_URL", default="http://127.0.0.1:8080", show_default=True,
              callback=_url, metavar="URL", help="Where people open the board: a link in every message.")  # fmt: skip
@click.option("--runbooks", envvar="QUEUEWATCH_RUNBOOKS", default="docs/runbooks", show_default=True,
              metavar="URL", help="Where the runbooks are: a link in every message.")  # fmt: skip
@click.option("--metrics-port", envvar="QUEUEWATCH_NOTIFY_METRICS_PORT", default=9103, show_default=True,
              type=click.IntRange(0, 65535), help="Port of /metrics and /healthz; 0 takes a free one.")  # fmt: skip
@click.option("--bind", envvar="QUEUEWATCH_BIND", default="127.0.0.1", show_default=True,
              metavar="ADDRESS", help="Address that /metrics listens on.")  # fmt: skip
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
    from streams.admin.health import HealthReporter
    from streams.sinks.alertmanager.decide import Links
    from streams.sinks.alertmanager.figures import Figures
    from streams.sinks.alertmanager.notifier import Notifier
    from streams.sinks.alertmanager.reading import AlertLog
    from streams.sinks.alertmanager.serving import PortTakenError

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    for library in ("aiokafka", "kafka"):  # an outage is one line of ours, not fifty of theirs
        logging.getLogger(library).setLevel(logging.CRITICAL)
    figures = Figures()
    links = Links(board_url, runbooks.rstrip("/"))
    log = AlertLog(bootstrap, namespace, figures)
    started_at = _now()
    reporter = HealthReporter(bootstrap, namespace, lambda: _health(figures, started_at))
    reporter.start()
    try:
        notifier = Notifier(log, alertmanager, resend_ms, links, figures, _now)
        asyncio.run(_run(notifier, figures, bind, metrics_port))
    except PortTakenError as error:
        raise Failure(str(error)) from None
    finally:
        reporter.stop()


async def _run(notifier: "Notifier", figures: "Figures", bind: str, port: int) -> None:
    """Until SIGTERM or Ctrl-C."""
    from streams.sinks.alertmanager.serving import serve

    runner, port = await serve(bind, port, figures, version("queuewatch"))
    click.echo(f"queuewatch: notify serves http://{bind}:{port}/metrics", err=True)
    try:
        task = asyncio.create_task(notifier.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
    finally:
        await runner.cleanup()


def _health(figures: "Figures", started_at: int) -> Health:
    now = _now()
    last_post = figures.last_post_at
    return Health(
        process="notify",
        instance="notify-1",
        at=now,
        started_at=started_at,
        ready=figures.ready,
        state=figures.state,
        detail=figures.detail,
        version=version("queuewatch"),
        pid=os.getpid(),
        positions=figures.positions,
        lag_records=figures.lag_records,
        ages_s={} if last_post is None else {"last_post": (now - last_post) / SECOND},
        totals={
            "posts_ok": figures.posts_ok,
            "posts_failed": figures.posts_failed,
            "firing": figures.firing,
            "recorded": figures.recorded,
            "undecodable": figures.undecodable,
        },
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
