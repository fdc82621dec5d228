"""Process `deliver`, put together: the owners' addresses, the deliverer, HTTP, `/metrics` and health reports."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from schemas.health import Health
from schemas.millis import SECOND
from schemas.owners import Owner
from streams.plumbing.health_reports import HealthReporter, Identity
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import Probe, collected, in_loop, probe_of
from streams.plumbing.metrics_http import application as metrics_application
from streams.plumbing.ports import port_problem
from streams.plumbing.stopping import until_signal
from streams.plumbing.wall_clock import now_ms
from streams.sinks.deliver.apprise_sender import Sender
from streams.sinks.deliver.deliverer import Deliverer
from streams.sinks.deliver.message_log import MessageLog
from streams.sinks.deliver.probes import ProbesBack
from streams.sinks.deliver.series import DeliverCollector
from streams.sinks.deliver.server import application
from streams.sinks.deliver.status import DeliverStatus
from streams.sinks.deliver.targets import AddressError, Target, targets_of

_LOOP_ANSWERS_WITHIN_S = 5.0


class DeliverOptions(Struct, frozen=True, kw_only=True):
    bootstrap: str
    namespace: str
    port: int
    metrics_port: int
    bind: str
    notify_url: str


class DeliverFileError(Exception):
    """A file of addresses that cannot be used; one line without what stands in it."""


def run(options: DeliverOptions, owners: Sequence[Owner], say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C. PortTakenError, DeliverFileError, MissingError before anything is read."""
    for library in ("aiokafka", "kafka"):  # an outage is one line of ours; theirs would be fifty
        logging.getLogger(library).setLevel(logging.CRITICAL)
    sender = Sender()  # whether apprise is there, before its file is looked for
    targets = list(read_targets(owners, sender))
    status = DeliverStatus()
    identity = Identity.mine("deliver", "deliver-1", now_ms())
    reporter = HealthReporter(
        options.bootstrap, options.namespace, lambda: health(status, identity, now_ms())
    )
    reporter.start()
    try:
        asyncio.run(_serve(options, owners, targets, sender, status, identity.version, say))
    finally:
        reporter.stop()


def read_targets(owners: Sequence[Owner], sender: Sender) -> Iterator[Target]:
    """The targets of all owners that have a file."""
    for owner in owners:
        if not (path := owner.table.deliver_file):
            continue
        place = f"owners.{owner.name}.deliver_file: {path}"
        try:
            found = list(targets_of(owner.name, Path(path).read_text(encoding="utf-8")))
            sender.check(found)
        except OSError as error:
            raise DeliverFileError(f"{place}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise DeliverFileError(f"{place}: no text in UTF-8") from None
        except AddressError as error:
            raise DeliverFileError(f"{place}: {error}") from None
        if not found:
            raise DeliverFileError(
                f"{place}: holds no address: write one address of apprise a line"
            )
        yield from found


async def _serve(
    options: DeliverOptions,
    owners: Sequence[Owner],
    targets: Sequence[Target],
    sender: Sender,
    status: DeliverStatus,
    version: str,
    say: Callable[[str], None],
) -> None:
    async def probed() -> Probe:
        return probe(status)

    metrics = metrics_application(
        collected(DeliverCollector(status, version)),
        {"/healthz": in_loop(probed, _LOOP_ANSWERS_WITHIN_S)},
    )
    by_name = {owner.name: owner for owner in owners}
    log = MessageLog(options.bootstrap, options.namespace, status)
    deliverer = Deliverer(by_name, targets, sender, log, status, now_ms)
    app = application(deliverer, by_name, status, ProbesBack(options.notify_url), now_ms)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    server = HttpThread(metrics, options.bind, options.metrics_port, "--metrics-port")
    try:
        site = web.TCPSite(runner, options.bind, options.port)
        try:
            await site.start()
        except OSError as error:
            raise port_problem(options.bind, options.port, "--port", error) from None
        host, port = runner.addresses[0][:2]
        say(f"queuewatch: deliver serves http://{options.bind}:{server.port}/metrics")
        say(f"queuewatch: deliver takes alerts at http://{host}:{port}")
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
        detail=status.detail,
        ages_s={} if last_sent is None else {"last_sent": (now - last_sent) / SECOND},
        totals=status.ended
        | {
            "queued": status.queued,
            "failed_attempts": status.failed_attempts,
            "undecodable": status.undecodable,
        },
    )
