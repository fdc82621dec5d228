"""Process `archive`, put together: the writer, `/metrics`, health reports and the nightly work."""

import faulthandler
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from kafka.errors import KafkaError
from msgspec import Struct

from schemas.health import Health
from schemas.privacy import TokenKey
from streams.plumbing.door import OPEN, Door
from streams.plumbing.health_reports import HealthReporter, Identity
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.kafka_problems import one_line
from streams.plumbing.large_receives import receive_much_at_once
from streams.plumbing.metrics_http import Probe, application, collected
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.consuming import connected_consumer
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.opening import ArchiveError, Opened, open_embedded, open_server
from streams.sinks.clickhouse.refused import RefusedRecords
from streams.sinks.clickhouse.series import ArchiveCollector, ComparedDay
from streams.sinks.clickhouse.status import ArchiveStatus, StatusRecorder
from streams.sinks.clickhouse.whole_batches import take_whole_batches
from streams.sinks.clickhouse.writer import Writer

_LEAVE_GROUP_MS = 3_000
_ENDED_WITHIN_S = 10.0
_WATCH_EVERY_S = 5.0

Say = Callable[[str], None]


class ArchiveOptions(Struct, frozen=True, kw_only=True):
    """`server` None means the embedded database under `data`."""

    bootstrap: str
    namespace: str
    group: str
    instance: str
    data: Path
    server: ServerAddress | None
    mask_key: TokenKey
    metrics_port: int
    query_port: int
    bind: str
    door: Door = OPEN


class Nightly(Protocol):
    """Work that is done each night beside the writer, in a thread that ends with `stop`."""

    @property
    def compared(self) -> ComparedDay: ...

    def start(self, database: Database, stop: threading.Event) -> None: ...


def run(options: ArchiveOptions, nightly: Nightly, say: Say) -> None:
    """Run until SIGTERM or Ctrl-C.

    ArchiveError, FilesTakenError, PortTakenError or RefusedError if it cannot start or go on.
    """
    stop = _stop_on_signals()
    status = StatusRecorder()
    identity = Identity.mine("archive", options.instance, now_ms())
    collector = ArchiveCollector(status, identity.version, lambda: nightly.compared)
    app = application(collected(collector), {"/healthz": lambda: probe(status.read())})
    with ExitStack() as stack:
        metrics = HttpThread(
            app, options.bind, options.metrics_port, "--metrics-port", options.door
        )
        stack.callback(metrics.close)
        reporter = HealthReporter(
            options.bootstrap,
            options.namespace,
            lambda: health(status.read(), identity, now_ms(), time.monotonic()),
            "kafka-python",
        )
        reporter.start()
        stack.callback(reporter.stop)
        opened = _opened(options, status, stop, stack, say)
        if opened is None:
            return
        status.state("waiting_for_kafka")
        writer = _writer(options, opened, status, stop, stack, say)
        if writer is None:
            return
        say(
            f"archive reads {options.bootstrap};"
            f" metrics on {options.door.scheme}://{options.bind}:{metrics.port}/metrics"
        )
        _end_when_it_hangs(status, stop, say)
        nightly.start(opened.keeper, stop)
        try:
            writer.run(stop)
        except KafkaError as error:
            raise ArchiveError(f"Kafka ended the archive: {one_line(error)}") from None


def _opened(
    options: ArchiveOptions,
    status: StatusRecorder,
    stop: threading.Event,
    stack: ExitStack,
    say: Say,
) -> Opened | None:
    if options.server is None:
        return open_embedded(options.data, options.query_port, stack, say)
    return open_server(options.server, status, stop, stack, say)


def _writer(
    options: ArchiveOptions,
    opened: Opened,
    status: StatusRecorder,
    stop: threading.Event,
    stack: ExitStack,
    say: Say,
) -> Writer | None:
    """The writer with its consumer; None if `stop` was set before Kafka answered."""
    receive_much_at_once()
    consumer = connected_consumer(options.bootstrap, options.group, options.instance, stop, say)
    if consumer is None:
        return None
    stack.callback(consumer.close, timeout_ms=_LEAVE_GROUP_MS)
    take_whole_batches(consumer)
    refused = RefusedRecords(options.bootstrap, options.namespace, options.mask_key)
    stack.callback(refused.close)
    namespace = options.namespace
    writer = Writer(consumer, opened.database, refused, status, namespace, random.random)
    writer.subscribe(namespace)
    return writer


def probe(status: ArchiveStatus) -> Probe:
    """What /healthz answers."""
    return Probe(well=status.ready, body=b"ok\n" if status.ready else b"not ready\n")


def health(status: ArchiveStatus, identity: Identity, at: int, now_s: float) -> Health:
    """The report in topic `health`; `now_s` is the time of the monotonic clock."""
    ages = {"last_insert": status.last_insert_at, "blocked": status.blocked_since}
    return identity.report(
        at,
        ready=status.ready,
        state=status.state,
        detail=status.detail,
        positions=status.positions,
        lag_records=status.lag_records,
        ages_s={name: round(now_s - at_s, 3) for name, at_s in ages.items() if at_s is not None},
        totals=status.rows,
        knows_probes=True,
    )


def _end_when_it_hangs(status: StatusRecorder, stop: threading.Event, say: Say) -> None:
    def watch() -> None:
        while not stop.wait(_WATCH_EVERY_S):
            if (why := status.read().hang(time.monotonic())) is not None:
                say(f"archive hangs: {why}; ending, to be started again")
                faulthandler.dump_traceback()
                os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()


def _stop_on_signals() -> threading.Event:
    """Set by the first SIGTERM or Ctrl-C; if anything hangs then, the process ends by force after 10 s."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        if not stop.is_set():
            ending = threading.Timer(_ENDED_WITHIN_S, os._exit, args=(1,))
            ending.daemon = True
            ending.start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
