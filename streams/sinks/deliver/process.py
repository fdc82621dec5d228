"""Process `deliver`, put together: the owners' addresses, the deliverer, HTTP, `/metrics` and health reports."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from aiohttp import web
from msgspec import Struct

from schemas.health import Health
from schemas.millis import SECOND
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import Identity, reporting
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import Probe, collected, in_loop, probe_of
from streams.plumbing.metrics_http import application as metrics_application
from streams.plumbing.ports import port_problem
from streams.plumbing.stopping import until_signal
from streams.plumbing.wall_clock import now_ms
from streams.sinks.deliver.apprise_sender import Sender
from streams.sinks.deliver.deliverer import Deliverer
from streams.sinks.deliver.links import MessageLinks
from streams.sinks.deliver.message_log import MessageLog
from streams.sinks.deliver.probes import ProbesBack
from streams.sinks.deliver.recipients import OwnersNow, RecipientsFiles
from streams.sinks.deliver.series import DeliverCollector
from streams.sinks.deliver.server import application
from streams.sinks.deliver.status import DeliverStatus, untold_said

_log = logging.getLogger(__name__)
_LOOP_ANSWERS_WITHIN_S = 5.0


class DeliverOptions(Struct, frozen=True, kw_only=True):
    bootstrap: str
    namespace: str
    port: int
    metrics_port: int
    bind: str
    notify: HttpPlace
    links: MessageLinks
    door: Door = OPEN


def run(options: DeliverOptions, owners: OwnersNow, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C. PortTakenError, DeliverFileError, MissingError before anything is read."""
    sender = Sender()  # whether apprise is there, before its file is looked for
    files = RecipientsFiles(owners, sender, _log.warning)
    for remark in options.links.remarks():
        say(f"queuewatch: {remark}")
    if untold := files.now.untold():
        say(f"queuewatch: {untold_said(untold)}")
    status = DeliverStatus()
    place = options.bootstrap, options.namespace
    with reporting("deliver", *place, partial(health, status), "aiokafka") as identity:
        asyncio.run(_serve(options, files, sender, status, identity.version, say))


async def _serve(
    options: DeliverOptions,
    files: RecipientsFiles,
    sender: Sender,
    status: DeliverStatus,
    version: str,
    say: Callable[[str], None],
) -> None:
    async def probed() -> Probe:
        return probe(status)

    metrics = metrics_application(
        collected(DeliverCollector(status, version, now_ms)),
        {"/healthz": in_loop(probed, _LOOP_ANSWERS_WITHIN_S)},
    )
    log = MessageLog(options.bootstrap, options.namespace, status)
    deliverer = Deliverer(files, sender, log, status, now_ms, options.links)
    app = application(deliverer, status, ProbesBack(options.notify), now_ms, options.door)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    server = HttpThread(metrics, options.bind, options.metrics_port, "--metrics-port", options.door)
    try:
        site = web.TCPSite(runner, options.bind, options.port, ssl_context=options.door.tls)
        try:
            await site.start()
        except OSError as error:
            raise port_problem(options.bind, options.port, "--port", error) from None
        scheme = options.door.scheme
        host, port = runner.addresses[0][:2]
        say(f"queuewatch: deliver serves {scheme}://{options.bind}:{server.port}/metrics")
        say(f"queuewatch: deliver takes alerts at {scheme}://{host}:{port}")
        await until_signal(deliverer.run())
    finally:
        await runner.cleanup()
        await asyncio.to_thread(server.close)


def probe(status: DeliverStatus) -> Probe:
    """What /healthz answers."""
    return probe_of(status.ready, status.state, status.detail)


def health(status: DeliverStatus, identity: Identity, now: int) -> Health:
    """The report in topic `health`."""
    last_sent = status.last_sent_at
    return identity.report(
        now,
        ready=status.ready,
        state=status.state,
        detail=status.remark,
        ages_s={} if last_sent is None else {"last_sent": (now - last_sent) / SECOND},
        totals=status.ended
        | {
            "queued": status.queued,
            "failed_attempts": status.failed_attempts,
            "undecodable": status.undecodable,
        },
    )
