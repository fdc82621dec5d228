"""`queuewatch board`: the wallboard of our own, and `/healthz` of the whole system."""

import asyncio
import errno
import logging
import os
import signal
from importlib.metadata import version

import click

from streams.cli import options
from streams.cli.options import Failure


@click.command(name="board")
@options.kafka
@options.namespace
@click.option("--port", envvar="QUEUEWATCH_BOARD_PORT", default=8080, show_default=True,
              type=click.IntRange(1, 65535), help="Where browsers find the board.")  # fmt: skip
@click.option("--host", envvar="QUEUEWATCH_BOARD_HOST", default="127.0.0.1", show_default=True,
              metavar="ADDRESS", help="Address to listen on. The board has no login: trusted networks only.")  # fmt: skip
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="A name under which browsers may call the board, besides this machine's; repeatable.")  # fmt: skip
def command(bootstrap: str, namespace: str, port: int, host: str, hosts: tuple[str, ...]) -> None:
    """Serve the wallboard.

    \b
    Example:
      queuewatch board --port 8080
      queuewatch board --host 0.0.0.0 --allow-host wall.example.org
    """
    try:
        asyncio.run(_serve(bootstrap, namespace, host, port, hosts))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(
                f"port {port} on {host} is taken: stop what holds it or choose another with --port"
            ) from None
        raise Failure(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


async def _serve(
    bootstrap: str, namespace: str, host: str, port: int, hosts: tuple[str, ...]
) -> None:
    from dashboards.wallboard.feed import Feed
    from dashboards.wallboard.latest import Latest
    from dashboards.wallboard.server import Wallboard, now_ms, serve
    from schemas.health import Health
    from streams.admin.health import HealthReporter

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the feed says it once, in one line
    latest = Latest()
    feed = Feed(bootstrap, namespace, latest)
    wallboard = Wallboard(latest, lambda: feed.problem)
    started_at = now_ms()

    def health() -> Health:
        return Health(
            process="board",
            instance=f"{host}:{port}",
            at=now_ms(),
            started_at=started_at,
            ready=not feed.problem,
            state="running" if not feed.problem else "starting",
            detail=feed.problem,
            version=version("queuewatch"),
            pid=os.getpid(),
            totals={"viewers": wallboard.viewers, "undecodable": latest.undecodable},
        )

    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    reporter = HealthReporter(bootstrap, namespace, health)
    serving = asyncio.create_task(
        serve(feed, wallboard, host=host, port=port, hosts=(host, *hosts))
    )
    stopping = asyncio.create_task(ending.wait())
    reporter.start()
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        serving.cancel()
        try:
            await serving
        except asyncio.CancelledError:
            pass
        finally:
            await asyncio.to_thread(reporter.stop)
