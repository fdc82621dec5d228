"""`/metrics` and `/healthz` of a worker, answered by its event loop: if the loop hangs, they answer 503."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec

from schemas.health import STALLED, Health
from streams.plumbing.door import OPEN, Door
from streams.plumbing.http_thread import HttpThread
from streams.plumbing.metrics_http import JSON, Probe, application, in_loop, rendered

_HEALTH_WITHIN_S = 5.0
_METRICS_WITHIN_S = 60.0  # ten thousand queues in the middle of a backlog


@asynccontextmanager
async def serving(
    bind: str,
    port: int,
    render: Callable[[], Awaitable[bytes]],
    health: Callable[[], Health],
    door: Door = OPEN,
) -> AsyncIterator[None]:
    """Listen while the block runs; PortTakenError when the port is not free.

    `/healthz` (readiness) answers 200 while the worker applies events, else 503. `/healthz/live`
    (liveness) answers 503 only when records are ahead and none is applied, or the loop hangs: waiting
    for Kafka and recovering are no reasons to restart a worker.
    """

    async def ready() -> Probe:
        report = health()
        return Probe(report.ready, msgspec.json.encode(report), JSON)

    async def live() -> Probe:
        report = health()
        return Probe(report.state != STALLED, msgspec.json.encode(report), JSON)

    probes = {
        "/healthz": in_loop(ready, _HEALTH_WITHIN_S),
        "/healthz/live": in_loop(live, _HEALTH_WITHIN_S),
    }
    app = application(rendered(in_loop(render, _METRICS_WITHIN_S)), probes)
    server = HttpThread(app, bind, port, "--metrics-port", door)
    try:
        yield
    finally:
        await asyncio.to_thread(server.close)
