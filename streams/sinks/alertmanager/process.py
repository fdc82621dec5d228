"""Process `notify`, put together: the notifier, `/metrics` and health reports."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct

from schemas.addresses import PROBE_PATH
from schemas.health import Health
from schemas.millis import SECOND
from schemas.owners import Owner
from schemas.topics import topic_name
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import Identity, reporting
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import Probe, application, collected, in_loop, probe_of
from streams.plumbing.record_writing import write
from streams.plumbing.stopping import until_signal
from streams.plumbing.wall_clock import now_ms
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.escalating import Escalating
from streams.sinks.alertmanager.notifier import Notifier
from streams.sinks.alertmanager.prober import Prober
from streams.sinks.alertmanager.probing import Probing
from streams.sinks.alertmanager.reading import AlertLog
from streams.sinks.alertmanager.series import NotifyCollector
from streams.sinks.alertmanager.status import NotifyStatus

_LOOP_ANSWERS_WITHIN_S = 5.0


class NotifyOptions(Struct, frozen=True, kw_only=True):
    """The address of `alertmanager` has no path; `owners` gives those of queues.toml as it stands now, by name;
    `heartbeat` is called when a probe has passed, and its address is secret.
    """

    bootstrap: str
    namespace: str
    alertmanager: HttpPlace
    resend_ms: int
    links: Links
    owners: Callable[[], Mapping[str, Owner]]
    metrics_port: int
    bind: str
    heartbeat: HttpPlace | None = None
    door: Door = OPEN


def run(options: NotifyOptions, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C. PortTakenError when /metrics cannot be served there."""
    status = NotifyStatus()
    place = options.bootstrap, options.namespace
    with reporting("notify", *place, partial(health, status), "aiokafka") as identity:
        asyncio.run(_serve(options, status, identity.version, say))


async def _serve(
    options: NotifyOptions, status: NotifyStatus, version: str, say: Callable[[str], None]
) -> None:
    async def probed() -> Probe:
        return probe(status)

    probing, loop = Probing(), asyncio.get_running_loop()

    def received(message: bytes) -> bool:
        async def read() -> bool:
            return probing.received(message, now_ms())

        return asyncio.run_coroutine_threadsafe(read(), loop).result(_LOOP_ANSWERS_WITHIN_S)

    app = application(
        collected(NotifyCollector(status, version, probing)),
        {"/healthz": in_loop(probed, _LOOP_ANSWERS_WITHIN_S)},
        {PROBE_PATH: received},
    )
    server = HttpThread(app, options.bind, options.metrics_port, "--metrics-port", options.door)
    say(f"queuewatch: notify serves {options.door.scheme}://{options.bind}:{server.port}/metrics")
    for remark in options.links.remarks():
        say(f"queuewatch: {remark}")
    log = AlertLog(options.bootstrap, options.namespace, status, probing, now_ms)
    commands = topic_name("commands", options.namespace)
    escalating = Escalating(
        options.owners, lambda key, value: write(options.bootstrap, commands, key, value)
    )
    notifier = Notifier(
        log, options.alertmanager, options.resend_ms, options.links, status, now_ms, escalating
    )
    prober = Prober(
        options.bootstrap,
        options.namespace,
        options.alertmanager,
        options.heartbeat,
        options.links,
        probing,
        now_ms,
    )

    async def work() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(notifier.run())
            tasks.create_task(prober.run())

    try:
        await until_signal(work())
    finally:
        await asyncio.to_thread(server.close)


def probe(status: NotifyStatus) -> Probe:
    """What /healthz answers."""
    return probe_of(status.ready, status.state, status.detail)


def health(status: NotifyStatus, identity: Identity, now: int) -> Health:
    """The report in topic `health`."""
    last_post = status.last_post_at
    return identity.report(
        now,
        ready=status.ready,
        state=status.state,
        detail=status.detail,
        positions=status.positions,
        lag_records=status.lag_records,
        ages_s={} if last_post is None else {"last_post": (now - last_post) / SECOND},
        totals={
            "posts_ok": status.posts_ok,
            "posts_failed": status.posts_failed,
            "firing": status.firing,
            "recorded": status.recorded,
            "undecodable": status.undecodable,
        },
    )
