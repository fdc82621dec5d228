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

_LARGEST_POST = 1 << 20
_NO_HOOKS: Mapping[str, Callable[[bytes], bool]] = {}

T = TypeVar("T")


class Probe(NamedTuple):
    """The answer of a health check: whether the process is well, and the body of the response."""

    well: bool
    body: bytes
    content_type: str = TEXT


def probe_of(ready: bool, state: str, detail: str) -> Probe:  # noqa: FBT001 - as the status has it
    """Of a process with these words for what it waits for."""
    return Probe(ready, b"ok\n" if ready else f"{state}: {detail}\n".encode())


def application(
    metrics: WsgiApp,
    probes: Mapping[str, Callable[[], Probe]],
    hooks: Mapping[str, Callable[[bytes], bool]] = _NO_HOOKS,
) -> WsgiApp:
    """`metrics` at /metrics, and each of `probes` at its path: 200 when well, else 503.

    What is posted to the path of one of `hooks` is handed to it; it says whether it could read it.

    503 as well when either raises TimeoutError, because the event loop did not answer in time.
    """

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        head = environ["REQUEST_METHOD"] == "HEAD"
        if head:
            environ = environ | {"REQUEST_METHOD": "GET"}
        body = answered(environ, start_response)
        return [] if head else body

    def answered(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != "/metrics" and path not in probes and path not in hooks:
            return respond(start_response, "404 Not Found", TEXT, b"/metrics or /healthz\n")
        if path not in hooks and environ["REQUEST_METHOD"] != "GET":
            return respond(start_response, "405 Method Not Allowed", TEXT, b"only GET\n")
        try:
            if path == "/metrics":
                return metrics(environ, start_response)
            if path in hooks:
                return posted(hooks[path], environ, start_response)
            probe = probes[path]()
        except TimeoutError:
            return respond(start_response, _UNWELL, TEXT, b"the event loop does not answer\n")
        status = "200 OK" if probe.well else _UNWELL
        return respond(start_response, status, probe.content_type, probe.body)

    def posted(
        hook: Callable[[bytes], bool], environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return respond(start_response, "405 Method Not Allowed", TEXT, b"only POST\n")
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > _LARGEST_POST:
            return respond(start_response, "413 Content Too Large", TEXT, b"too large\n")
        if not hook(environ["wsgi.input"].read(int(length))):
            return respond(start_response, "400 Bad Request", TEXT, b"this cannot be read\n")
        return respond(start_response, "200 OK", TEXT, b"ok\n")

    return app


def collected(collector: Collector) -> WsgiApp:
    """The WSGI application of prometheus_client over one collector, which is asked at each scrape.

    Always in the text format 0.0.4, which all versions of Prometheus read, whatever the client accepts.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    app = make_wsgi_app(registry, disable_compression=True)

    def plain(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found: Iterable[bytes] = app(environ | {"HTTP_ACCEPT": ""}, start_response)
        return found

    return plain


def rendered(render: Callable[[], bytes]) -> WsgiApp:
    """An application that answers what `render` returns: for a process that must choose the thread."""

    def app(_: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return respond(start_response, "200 OK", CONTENT_TYPE_PLAIN_0_0_4, render())

    return app


def in_loop(work: Callable[[], Awaitable[T]], within_s: float) -> Callable[[], T]:
    """A function for other threads that runs `work` in the present event loop and returns its result.

    It raises TimeoutError when the loop does not finish `work` in time, or has ended.
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
