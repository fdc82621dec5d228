"""`/metrics` and probes: what is answered where, and what a loop that hangs does to it."""

import asyncio
import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from streams.plumbing.http_thread import HttpThread, WsgiApp
from streams.plumbing.metrics_http import JSON, Probe, application, collected, in_loop, rendered

HOST = "127.0.0.1"


class Scrapes(Collector):
    def __init__(self) -> None:
        self.count = 0

    def collect(self) -> Iterator[Metric]:
        self.count += 1
        yield GaugeMetricFamily("scrapes", "How many there were.", value=self.count)


@contextmanager
def served(app: WsgiApp) -> Iterator[int]:
    server = HttpThread(app, HOST, 0, "--metrics-port")
    try:
        yield server.port
    finally:
        server.close()


def ask(
    port: int, path: str, method: str = "GET", accept: str = "*/*"
) -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()
    finally:
        connection.close()


def test_a_collector_is_asked_anew_at_each_scrape_and_always_told_as_plain_text() -> None:
    with served(application(collected(Scrapes()), {})) as port:
        openmetrics = "application/openmetrics-text;version=1.0.0"
        for count, accept in enumerate(("*/*", openmetrics), 1):
            status, kind, body = ask(port, "/metrics?x=1", accept=accept)
            assert (status, kind) == (200, CONTENT_TYPE_PLAIN_0_0_4)
            assert body.endswith(f"\nscrapes {count}.0\n".encode())


def test_probes_answer_200_or_503_and_nothing_else_is_there() -> None:
    state = {"well": False}
    probes = {
        "/healthz": lambda: Probe(state["well"], b"{}", JSON),
        "/healthz/live": lambda: Probe(well=True, body=b"ok\n"),
    }
    with served(application(rendered(lambda: b"up 1\n"), probes)) as port:
        assert ask(port, "/healthz") == (503, JSON, b"{}")
        state["well"] = True
        assert ask(port, "/healthz")[0] == 200
        assert ask(port, "/healthz", "HEAD")[::2] == (200, b"")
        assert ask(port, "/healthz/live")[2] == b"ok\n"
        assert ask(port, "/metrics") == (200, CONTENT_TYPE_PLAIN_0_0_4, b"up 1\n")
        assert ask(port, "/metrics", "HEAD")[::2] == (200, b"")
        assert ask(port, "/")[0] == 404
        assert ask(port, "/healthz", "POST")[0] == 405


async def test_a_loop_that_hangs_is_not_well() -> None:
    async def probe() -> Probe:
        return Probe(well=True, body=b"ok\n")

    app = application(rendered(lambda: b""), {"/healthz": in_loop(probe, 0.2)})
    with served(app) as port:
        assert (await asyncio.to_thread(ask, port, "/healthz"))[0] == 200
        answer = asyncio.create_task(asyncio.to_thread(ask, port, "/healthz"))
        await asyncio.sleep(0)
        time.sleep(1)  # noqa: ASYNC251 - the loop hangs
        assert (await answer)[0] == 503


def test_a_loop_that_has_ended_is_not_well() -> None:
    async def work() -> int:
        return 1

    async def made() -> object:
        return in_loop(work, 1.0)

    call = asyncio.run(made())
    assert callable(call)
    with pytest.raises(TimeoutError):
        call()


def test_what_is_posted_to_a_hook_is_handed_to_it() -> None:
    taken: list[bytes] = []

    def hook(body: bytes) -> bool:
        taken.append(body)
        return body == b"{}"

    def busy(_: bytes) -> bool:
        raise TimeoutError

    app = application(collected(Scrapes()), {}, {"/probe": hook, "/busy": busy})
    with served(app) as port:
        assert post(port, "/probe", b"{}") == (200, b"ok\n")
        assert post(port, "/probe", b"?") == (400, b"this cannot be read\n")
        assert post(port, "/probe", b"", {"Content-Length": "9999999"})[0] == 413
        assert post(port, "/busy", b"{}")[0] == 503
        assert ask(port, "/probe")[0] == 405
        assert post(port, "/metrics", b"")[0] == 405
    assert taken == [b"{}", b"?"]


def post(
    port: int, path: str, body: bytes, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("POST", path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
