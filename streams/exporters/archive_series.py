"""`/metrics` and `/healthz` of the archive process, from one reading of its figures a scrape."""

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from schemas.series import series

_TOTAL = "_total"


class PortTakenError(Exception):
    """One line that names the option."""


class ArchiveReading(Struct, frozen=True):
    """What a scrape shows; lags by `topic-partition`."""

    version: str
    ready: bool
    lag_records: dict[str, int]
    rows: dict[str, int]
    insert_seconds: dict[str, float]
    blocked_s: float
    differing_figures: dict[str, int] = {}  # by queue, of the newest reconciled day
    reconciled_day_start_s: float | None = None


class ArchiveCollector(Collector):
    def __init__(self, read: Callable[[], ArchiveReading]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        reading = self._read()
        yield _family("queuewatch_build_info", {("archive", reading.version): 1})
        yield _family("queuewatch_ready", {("archive",): int(reading.ready)})
        lags = {
            (topic, partition): lag
            for place, lag in reading.lag_records.items()
            for topic, _, partition in [place.rpartition("-")]
        }
        yield _family("queuewatch_lag_records", lags)
        rows = {(table,): count for table, count in reading.rows.items()}
        yield _family("queuewatch_archive_rows_total", rows)
        took = {(table,): seconds for table, seconds in reading.insert_seconds.items()}
        yield _family("queuewatch_archive_insert_seconds_total", took)
        yield _family("queuewatch_archive_blocked_seconds", {(): reading.blocked_s})
        if reading.reconciled_day_start_s is not None:
            differing = {(queue,): count for queue, count in reading.differing_figures.items()}
            yield _family("queuewatch_reconcile_differing_figures", differing)
            start = {(): reading.reconciled_day_start_s}
            yield _family("queuewatch_reconcile_day_start_timestamp_seconds", start)


def _family(name: str, samples: Mapping[Any, float]) -> Metric:
    """The series of schemas.series with these values by its labels (tuples of texts)."""
    entry = series(name)
    family: CounterMetricFamily | GaugeMetricFamily
    if entry.kind == "counter":
        family = CounterMetricFamily(
            name.removesuffix(_TOTAL), entry.help, labels=list(entry.labels)
        )
    else:
        family = GaugeMetricFamily(name, entry.help, labels=list(entry.labels))
    for labels, value in samples.items():
        family.add_metric(list(labels), value)
    return family


class MetricsServer:
    """Serves in a thread of its own from construction until `close`."""

    def __init__(self, bind: str, port: int, read: Callable[[], ArchiveReading]) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(ArchiveCollector(read))
        try:
            self._server = ThreadingHTTPServer((bind, port), _handler(registry, read))
        except OSError as error:
            raise PortTakenError(
                f"port {port} on {bind}: {(error.strerror or str(error)).lower()}:"
                " choose another with --metrics-port"
            ) from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(
    registry: CollectorRegistry, read: Callable[[], ArchiveReading]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._send(200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(registry))
            elif path == "/healthz":
                ready = read().ready
                self._send(
                    200 if ready else 503, "text/plain", b"ok\n" if ready else b"not ready\n"
                )
            else:
                self._send(404, "text/plain", b"/metrics or /healthz\n")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """A line a scrape would bury the lines that matter."""

    return Handler
