"""Process `board`, put together: the feed, the wallboard, the links in messages and health reports."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.series import BoardCollector
from dashboards.wallboard.server import Wallboard, serve
from schemas.health import Health
from schemas.topics import topic_name
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import HealthReporter, Identity
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import application, collected, probe_of
from streams.plumbing.record_writing import write
from streams.plumbing.stopping import until_signal
from streams.plumbing.wall_clock import now_ms


class BoardOptions(Struct, frozen=True, kw_only=True):
    """`hosts` are further names under which browsers may call the board; `link_key` that of links in messages."""

    bootstrap: str
    namespace: str
    host: str
    port: int
    hosts: tuple[str, ...] = ()
    link_key: bytes | None = None
    metrics_port: int | None = None  # None: no /metrics
    door: Door = OPEN


def run(options: BoardOptions) -> None:
    """Run until SIGTERM or Ctrl-C. PortTakenError when the board cannot be served there."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the feed logs an outage in one line
    asyncio.run(_serve(options))


async def _serve(options: BoardOptions) -> None:
    latest = Latest()
    feed = Feed(options.bootstrap, options.namespace, latest)
    wallboard = Wallboard(latest, lambda: feed.problem)
    commands = topic_name("commands", options.namespace)
    ack = AckRoute(
        latest,
        lambda: feed.problem,
        now_ms,
        options.link_key,
        lambda key, value: write(options.bootstrap, commands, key, value),
    )
    identity = Identity.mine("board", f"{options.host}:{options.port}", now_ms())

    def health() -> Health:
        return identity.report(
            now_ms(),
            ready=not feed.problem,
            state="starting" if feed.problem else "running",
            detail=feed.problem,
            totals={"viewers": wallboard.viewers, "undecodable": latest.undecodable},
        )

    reporter = HealthReporter(options.bootstrap, options.namespace, health)
    reporter.start()
    names = (options.host, *options.hosts)
    try:
        with _metrics(options, identity.version, feed):
            served = serve(
                feed, wallboard, ack,
                host=options.host, port=options.port, hosts=names, tls=options.door.tls,
            )  # fmt: skip
            await until_signal(served)
    finally:
        await asyncio.to_thread(reporter.stop)


@contextmanager
def _metrics(options: BoardOptions, version: str, feed: Feed) -> Iterator[None]:
    """`/metrics` while the block runs, if it was asked for; PortTakenError."""
    if options.metrics_port is None:
        yield
        return
    app = application(
        collected(BoardCollector(version, lambda: not feed.problem)),
        {"/healthz": lambda: probe_of(not feed.problem, "starting", feed.problem)},
    )
    place = options.host, options.metrics_port, "--metrics-port"
    server = HttpThread(app, *place, options.door)
    try:
        yield
    finally:
        server.close()
