"""`/metrics` and `/healthz` of notify."""

from collections.abc import Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from schemas.series import series
from streams.sinks.alertmanager.figures import Figures

Samples = dict[tuple[str, ...], int]  # values by labels


class PortTakenError(Exception):
    """One line that names the option."""


class NotifyCollector(Collector):
    def __init__(self, figures: Figures, version: str) -> None:
        self._figures = figures
        self._version = version

    def collect(self) -> Iterator[Metric]:
        now = self._figures
        yield _family("queuewatch_build_info", {("notify", self._version): 1})
        yield _family("queuewatch_ready", {("notify",): int(now.ready)})
        lags: Samples = {tuple(place.rsplit("-", 1)): lag for place, lag in now.lag_records.items()}
        yield _family("queuewatch_lag_records", lags)
        posts: Samples = {("ok",): now.posts_ok, ("failed",): now.posts_failed}
        yield _family("queuewatch_notify_posts_total", posts)
        yield _family("queuewatch_notify_firing_alerts", {(): now.firing})


def _family(name: str, samples: Samples) -> Metric:
    entry = series(name)
    kind = CounterMetricFamily if entry.kind == "counter" else GaugeMetricFamily
    family = kind(name.removesuffix("_total"), entry.help, labels=list(entry.labels))
    for labels, value in samples.items():
        family.add_metric(list(labels), value)
    return family


async def serve(bind: str, port: int, figures: Figures, version: str) -> tuple[web.AppRunner, int]:
    """The running server and its port; PortTakenError when it may not listen there."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NotifyCollector(figures, version))

    async def metrics(_: web.Request) -> web.Response:
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        return web.Response(body=generate_latest(registry), headers=headers)

    async def healthz(_: web.Request) -> web.Response:
        if figures.ready:
            return web.Response(text="ok\n")
        return web.Response(status=503, text=f"{figures.state}: {figures.detail}\n")

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, bind, port).start()
    except OSError as error:
        await runner.cleanup()
        why = (error.strerror or str(error)).lower()
        raise PortTakenError(
            f"port {port} on {bind}: {why}: choose another with --metrics-port"
        ) from None
    return runner, int(runner.addresses[0][1])
