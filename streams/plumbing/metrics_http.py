"""`/metrics` and `/healthz` of a process, as one WSGI application."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from typing import Any, NamedTuple, TypeVar

from prometheus_client import make_wsgi_app
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector, CollectorRegistry

from streams.plumbing.http_thread import Environ, WsgiApp, respond

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
_UNWELL = "503 Service Unavailable"

T = TypeVar("T")


class Probe(NamedTuple):
    """Whether a process is well, and what it says of that."""

    well: bool
    body: bytes
    content_type: str = TEXT


def application(metrics: WsgiApp, probes: Mapping[str, Callable[[], Probe]]) -> WsgiApp:
    """`metrics` at /metrics, and each of `probes` at its path: 200 when well, else 503.

    An answer that an event loop owes, and does not give in time, is a 503 too.
    """

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        head = environ["REQUEST_METHOD"] == "HEAD"
        if head:
            environ = environ | {"REQUEST_METHOD": "GET"}
        body = answered(environ, start_response)
        return [] if head else body

    def answered(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != "/metrics" and path not in probes:
            return respond(start_response, "404 Not Found", TEXT, b"/metrics or /healthz\n")
        if environ["REQUEST_METHOD"] != "GET":
            return respond(start_response, "405 Method Not Allowed", TEXT, b"only GET\n")
        try:
            if path == "/metrics":
                return metrics(environ, start_response)
            probe = probes[path]()
        except TimeoutError:
            return respond(start_response, _UNWELL, TEXT, b"the event loop does not answer\n")
        status = "200 OK" if probe.well else _UNWELL
        return respond(start_response, status, probe.content_type, probe.body)

    return app


def collected(collector: Collector) -> WsgiApp:
    """Prometheus' own application over one collector, asked anew at each scrape.

    Always in the text format 0.0.4 that all versions of Prometheus read, whatever the client prefers.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    app = make_wsgi_app(registry, disable_compression=True)

    def plain(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found: Iterable[bytes] = app(environ | {"HTTP_ACCEPT": ""}, start_response)
        return found

    return plain


def rendered(render: Callable[[], bytes]) -> WsgiApp:
    """An exposition that the process makes itself, because it must choose the thread it is made in."""

    def app(_: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return respond(start_response, "200 OK", CONTENT_TYPE_PLAIN_0_0_4, render())

    return app


def in_loop(work: Callable[[], Awaitable[T]], within_s: float) -> Callable[[], T]:
    """`work`, to be called from other threads, done by the event loop that runs now.

    TimeoutError when the loop does not finish it in time, or has ended: a process whose loop hangs is
    not well.
    """
    loop = asyncio.get_running_loop()

    async def awaited() -> T:
        return await work()

    def call() -> T:
        if loop.is_closed():
            raise TimeoutError
        pending = asyncio.run_coroutine_threadsafe(awaited(), loop)
        try:
            return pending.result(within_s)
        except CancelledError:  # the process ends
            raise TimeoutError from None
        finally:
            pending.cancel()

    return call
