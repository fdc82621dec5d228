"""`queuewatch archive`: write the archive, and answer questions about it when it is embedded."""

import faulthandler
import logging
import os
import random
import signal
import sys
import threading
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from streams.cli import options
from streams.cli.archive_nightly import Nightly, Reconciliation
from streams.cli.archive_purge import purge
from streams.cli.options import Failure

_LEAVE_GROUP_MS = 3_000
_ENDED_WITHIN_S = 10.0


@click.group(name="archive", invoke_without_command=True)
@options.kafka
@options.namespace
@options.data
@options.clickhouse
@click.option("--metrics-port", envvar="QUEUEWATCH_ARCHIVE_METRICS_PORT", default=9102, show_default=True,
              type=click.IntRange(0, 65535), help="Port of /metrics and /healthz; 0 takes a free one.")  # fmt: skip
@click.option("--query-port", envvar="QUEUEWATCH_QUERY_PORT", default=8124, show_default=True,
              type=click.IntRange(0, 65535), help="Port of the embedded database's query endpoint.")  # fmt: skip
@click.option("--bind", envvar="QUEUEWATCH_BIND", default="127.0.0.1", show_default=True,
              metavar="ADDRESS", help="Address that /metrics listens on.")  # fmt: skip
@click.option("--instance", envvar="QUEUEWATCH_INSTANCE", default="archive-1", show_default=True,
              metavar="NAME", help="Name of this archive in its group; another one needs another.")  # fmt: skip
def command(  # noqa: PLR0917 - the options of a process
    bootstrap: str,
    namespace: str,
    data: Path,
    clickhouse_url: str | None,
    metrics_port: int,
    query_port: int,
    bind: str,
    instance: str,
) -> None:
    """Carry events, legs, spells, minutes, alerts, quarantine and targets into ClickHouse.

    Without --clickhouse the database is embedded in this process, under --data, and answers
    `queuewatch history` on --query-port.

    \b
    Example:
      queuewatch archive --clickhouse clickhouse://default@127.0.0.1:9000/queuewatch
    """
    if _is_for_a_subcommand(click.get_current_context()):
        return
    from streams.admin.health import HealthReporter
    from streams.admin.topics import archive_group
    from streams.exporters.archive_series import MetricsServer, PortTakenError
    from streams.sinks.clickhouse.consuming import connected_consumer
    from streams.sinks.clickhouse.figures import Figures
    from streams.sinks.clickhouse.refused import RefusedRecords
    from streams.sinks.clickhouse.writer import Writer

    # Kafka's client would bury the lines that say what is wrong.
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    stop = _stop_on_signals()
    figures = Figures()
    report = _Report(figures, instance)
    with ExitStack() as stack:
        try:
            metrics = MetricsServer(bind, metrics_port, report.reading)
        except PortTakenError as error:
            raise Failure(str(error)) from None
        stack.callback(metrics.close)
        _report_health(HealthReporter(bootstrap, namespace, report.health), stack)
        database = _opened(data, clickhouse_url, query_port, figures, stop, stack)
        if database is None:
            return
        figures.state("waiting_for_kafka")
        group = archive_group(namespace)
        consumer = connected_consumer(bootstrap, group, instance, stop, _say)
        if consumer is None:
            return
        stack.callback(consumer.close, timeout_ms=_LEAVE_GROUP_MS)
        refused = RefusedRecords(bootstrap, namespace, _mask_key(data))
        stack.callback(refused.close)
        writer = Writer(consumer, database, refused, figures, namespace, random.random)
        writer.subscribe(namespace)
        _say(f"archive reads {bootstrap}; metrics on http://{bind}:{metrics.port}/metrics")
        _watch(figures, stop)
        reader = _reader_beside(database, clickhouse_url, stack)
        report.nightly = Nightly(bootstrap, namespace, reader, _say).started(stop)
        _run(lambda: writer.run(stop))


def _is_for_a_subcommand(context: click.Context) -> bool:
    """An option in front of one would be passed over, and the work done on another archive."""
    subcommand = context.invoked_subcommand
    if subcommand is None:
        return False
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"options of `{subcommand}` stand behind it: archive {subcommand} …"
            )
    return True


def _opened(
    data: Path,
    url: str | None,
    query_port: int,
    figures: Any,
    stop: threading.Event,
    stack: ExitStack,
) -> Any:
    """The database with its tables as this version needs them; None when told to stop before."""
    from streams.sinks.clickhouse.database import RefusedError
    from streams.sinks.clickhouse.embedded import EmbeddedDatabase, FilesTakenError
    from streams.sinks.clickhouse.migrate import migrate
    from streams.sinks.clickhouse.query_server import PortTakenError, QueryServer, new_token

    if url is not None:
        return _server(url, figures, stop, stack)
    try:
        database = EmbeddedDatabase(data / "archive")
        stack.callback(database.close)
        migrate(database)
        server = QueryServer(query_port, new_token(data), database.reading)
    except (FilesTakenError, PortTakenError, RefusedError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{data}: {error.strerror}; choose another --data") from None
    stack.callback(server.close)
    _say(f"embedded database in {data / 'archive'}; queries on http://127.0.0.1:{server.port}/")
    return database


def _reader_beside(database: Any, url: str | None, stack: ExitStack) -> Any:
    """Another connection for questions, so that a long one does not hold up an insert."""
    from streams.cli.tables import address_of
    from streams.sinks.clickhouse.driver import ServerDatabase

    if url is None:
        return database.reading
    reader = ServerDatabase(address_of(url))
    stack.callback(reader.close)
    return reader


def _server(url: str, figures: Any, stop: threading.Event, stack: ExitStack) -> Any:
    from streams.cli.tables import address_of
    from streams.sinks.clickhouse.batches import Backoff
    from streams.sinks.clickhouse.database import RefusedError, UnavailableError
    from streams.sinks.clickhouse.driver import ServerDatabase
    from streams.sinks.clickhouse.migrate import migrate

    database = ServerDatabase(address_of(url))
    backoff = Backoff(random.random)
    while not stop.is_set():
        try:
            database.create_database()
            migrate(database)
        except RefusedError as error:
            raise Failure(f"{address_of(url)!r}: {error}") from None
        except UnavailableError as error:
            if figures.read().state != "blocked":
                _say(f"{error}: waiting for it")
            figures.blocked(str(error), time.monotonic())
            stop.wait(backoff.pause_s())
            continue
        figures.unblocked()
        stack.callback(database.close)
        return database
    return None


command.add_command(purge)


def _report_health(reporter: Any, stack: ExitStack) -> None:
    reporter.start()
    stack.callback(reporter.stop)


class _Report:
    """The figures as health and as metrics."""

    def __init__(self, figures: Any, instance: str) -> None:
        self._figures = figures
        self._instance = instance
        self._started_at = _now_ms()
        self._version = version("queuewatch")
        self.nightly: Nightly | None = None

    def health(self) -> Any:
        from schemas.health import Health

        reading = self._figures.read()
        now = time.monotonic()
        ages = {"last_insert": reading.last_insert_at, "blocked": reading.blocked_since}
        return Health(
            process="archive",
            instance=self._instance,
            at=_now_ms(),
            started_at=self._started_at,
            ready=reading.ready,
            state=reading.state,
            detail=reading.detail,
            version=self._version,
            pid=os.getpid(),
            positions=reading.positions,
            lag_records=reading.lag_records,
            ages_s={name: round(now - at, 3) for name, at in ages.items() if at is not None},
            totals=reading.rows,
        )

    def reading(self) -> Any:
        from streams.exporters.archive_series import ArchiveReading

        reading = self._figures.read()
        since = reading.blocked_since
        night = self.nightly.reading if self.nightly else Reconciliation()
        return ArchiveReading(
            version=self._version,
            ready=reading.ready,
            lag_records=reading.lag_records,
            rows=reading.rows,
            insert_seconds=reading.insert_seconds,
            blocked_s=0.0 if since is None else time.monotonic() - since,
            differing_figures=night.differing,
            reconciled_day_start_s=night.day_start_s,
        )


def _watch(figures: Any, stop: threading.Event) -> None:
    def watch() -> None:
        while not stop.wait(5):
            if (why := figures.read().hang(time.monotonic())) is not None:
                _say(f"archive hangs: {why}; ending, to be started again")
                faulthandler.dump_traceback()
                os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()


def _run(work: Any) -> None:
    from kafka.errors import KafkaError

    try:
        work()
    except KafkaError as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise Failure(f"Kafka ended the archive: {text}") from None


def _mask_key(data: Path) -> Any:
    """The key of the callers' tokens where this machine has one, else one that nobody keeps."""
    from producers.caller_key import FILE_NAME
    from schemas.privacy import key_from_secret

    try:
        secret = (data / FILE_NAME).read_bytes().strip()
    except OSError:
        secret = b""
    return key_from_secret(secret or os.urandom(32))


def _stop_on_signals() -> threading.Event:
    """Set by the first SIGTERM or Ctrl-C; whatever hangs then ends with the process."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        if not stop.is_set():
            watchdog = threading.Timer(_ENDED_WITHIN_S, os._exit, args=(1,))
            watchdog.daemon = True
            watchdog.start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def _say(line: str) -> None:
    click.echo(line, err=True)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
