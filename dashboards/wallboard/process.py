"""Process `board`, put together: who may see it, the feed, the wallboard, the links in messages, health reports."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web
from msgspec import Struct

from dashboards.access.config import Access
from dashboards.access.entrance import ASKED, Entrance
from dashboards.access.gate import Gate
from dashboards.access.journal import Keep
from dashboards.callers.stays import Stays
from dashboards.wallboard import headers
from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.audit_queue import AuditQueue
from dashboards.wallboard.doorkeeper import let_open, spare_memory
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.history.address import PATH as HISTORY_PATH
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page_catalogue import ROUTES
from dashboards.wallboard.past import Archive
from dashboards.wallboard.series import BoardCollector
from dashboards.wallboard.server import Place, Wallboard, public_routes, serve
from dashboards.wallboard.stays_feed import StaysFeed
from schemas.ack_link import PATH as ACK_PATH
from schemas.commands import Acknowledged
from schemas.health import Health
from schemas.topics import topic_name
from streams.plumbing import certificates
from streams.plumbing.audit_writing import write_audit
from streams.plumbing.certificates import Certificates
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import HealthReporter, Identity
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import Probe, application, collected
from streams.plumbing.record_writing import write
from streams.plumbing.stopping import until_signal
from streams.plumbing.wall_clock import now_ms

_LAST_RECORDS_WITHIN_S = 3.0
_HTTPS = 443


class BoardOptions(Struct, frozen=True, kw_only=True):
    """`hosts` are further names under which browsers may call the board; `link_key` that of links in messages.

    `access` None: everybody who reaches the board may do everything.
    """

    bootstrap: str
    namespace: str
    host: str
    port: int
    hosts: tuple[str, ...] = ()
    link_key: bytes | None = None
    metrics_port: int | None = None  # None: no /metrics
    door: Door = OPEN
    access: Access | None = None


def run(options: BoardOptions, archive: Archive | None = None) -> None:
    """Run until SIGTERM or Ctrl-C. PortTakenError when the board cannot be served there. `archive` is asked for days past."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the feed logs an outage in one line
    let_open()
    spare_memory()
    if options.access is not None:
        watch_certificates(options.access, certificates.in_use)
    asyncio.run(_serve(options, archive))


def watch_certificates(access: Access, in_use: Certificates) -> None:
    """See when the certificates end of the provider, and of what people reach under the board's address: a proxy, perhaps."""
    addresses = {"board": access.address, "oidc": access.oidc.issuer if access.oidc else ""}
    for name, address in addresses.items():
        parts = urlsplit(address)
        if parts.scheme == "https" and parts.hostname:
            in_use.add_server(name, parts.hostname, parts.port or _HTTPS)


def entrance_of(access: Access | None, wallboard: Wallboard, keep: Keep) -> Entrance:
    return Entrance(
        Gate(access, now_ms),
        keep,
        public=public_routes(wallboard.assets),
        signed=frozenset({ACK_PATH}),
        headers=headers.WITH_FORM,
        pages=ROUTES | {HISTORY_PATH},
    )


async def _written(options: BoardOptions, topic: str, key: bytes, value: bytes) -> str:
    return await write(options.bootstrap, topic_name(topic, options.namespace), key, value)


async def _serve(options: BoardOptions, archive: Archive | None) -> None:
    latest = Latest()
    feed = Feed(options.bootstrap, options.namespace, latest)
    stays = Stays()
    write_note, write_command = (
        partial(_written, options, topic) for topic in ("notes", "commands")
    )
    wallboard = Wallboard(
        latest, lambda: feed.problem, stays=stays, archive=archive, write_note=write_note
    )  # fmt: skip
    stays_feed = StaysFeed(
        options.bootstrap, options.namespace, stays, lambda: lists_callers(latest), now_ms
    )
    audit = AuditQueue(lambda record: write_audit(options.bootstrap, options.namespace, record))
    entrance = entrance_of(options.access, wallboard, audit.keep)

    def taken_by_link(request: web.Request, command: Acknowledged) -> None:
        role = f"link to {command.link_of}"
        entrance.note(request[ASKED], command.who, role, "alert_ack", command.alert_id, "by link")

    ack = AckRoute(
        latest, lambda: feed.problem, now_ms, options.link_key, write_command, taken_by_link
    )  # fmt: skip
    identity = Identity.mine("board", f"{options.host}:{options.port}", now_ms())

    def health() -> Health:
        return identity.report(
            now_ms(),
            ready=not feed.problem,
            state="starting" if feed.problem else "running",
            detail=feed.problem,
            totals={
                "viewers": wallboard.viewers,
                "undrawable": wallboard.hub.undrawable,
                "undecodable": latest.undecodable + stays_feed.undecodable,
                "stays_known": len(stays),
                "audit_waiting": audit.waiting,
                "audit_lost": audit.lost,
            },
        )

    async def beside() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(audit.run())
            tasks.create_task(stays_feed.run(wallboard.hub.changed))

    reporter = HealthReporter(options.bootstrap, options.namespace, health, "aiokafka")
    reporter.start()
    names = (options.host, *options.hosts)
    if options.access is not None:
        names += (urlsplit(options.access.address).hostname or "",)
    place = Place(host=options.host, port=options.port, names=names, tls=options.door.tls)
    try:
        with _metrics(options, identity.version, feed):
            await until_signal(serve(feed, wallboard, ack, entrance, place, beside=beside))
    finally:
        entrance.flush()
        await audit.drain(_LAST_RECORDS_WITHIN_S)
        await asyncio.to_thread(reporter.stop)


def _probe(*, is_ready: bool) -> Probe:
    """Without the reason, which names machines: the board tells that to who is let in, and its log."""
    return Probe(is_ready, b"ok\n" if is_ready else b"not ready\n")


def lists_callers(latest: Latest) -> bool:
    """Whether any queue lists its callers to somebody now: else nothing of callers is read."""
    return any(each.callers_listed_to for each in latest.book.all_at(now_ms()).values())


@contextmanager
def _metrics(options: BoardOptions, version: str, feed: Feed) -> Iterator[None]:
    """`/metrics` while the block runs, if it was asked for; PortTakenError."""
    if options.metrics_port is None:
        yield
        return
    app = application(
        collected(BoardCollector(version, lambda: not feed.problem)),
        {"/healthz": lambda: _probe(is_ready=not feed.problem)},
    )
    place = options.host, options.metrics_port, "--metrics-port"
    server = HttpThread(app, *place, options.door)
    try:
        yield
    finally:
        server.close()
