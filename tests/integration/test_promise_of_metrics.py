"""What leaves by `/metrics` and `alerts`: a real Prometheus and a real Alertmanager say what history says."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.publisher import Publisher
from schemas.calls import Answered, Queued, Tick
from streams.local.kafka import LocalKafka, free_port
from tests.integration.alerting.test_notify import about, shipped_routing
from tests.support.line import Line
from tests.support.records_day import DAY, QUEUES_TOML, day_legs, write_records
from tests.support.services import Server, Webhook, alertmanager, get, program, prometheus
from tests.support.waiting import wait_until

BREACH = """
[queues.faults]
[queues.faults.alerts.oldest_wait]
raise_above = "6s"
clear_below = "3s"
clear_hold = "5s"
"""
SERVICE_LEVEL = (
    'callcentre_window_service_level_numerator_legs{window="today"}'
    ' / (callcentre_window_service_level_denominator_legs{window="today"} > 0)'
)
SCRAPE = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: stream
    static_configs: [{{targets: ["{address}"]}}]
"""


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("metrics")
    with Line(kafka.place.bootstrap, folder, QUEUES_TOML + BREACH) as started:
        yield started


def test_prometheus_answers_with_the_number_of_history(line: Line, tmp_path: Path) -> None:
    records = write_records(tmp_path / "records.csv", day_legs(seed=2, count=300))
    line.run("send", "records", str(records), "--feed", "live")
    line.drain()
    # The window of the day counts things when they happen.
    history = {
        row["queue"]: float(row["sl_short_abandons_ignored"])
        for row in line.history("summary", "--basis", "event", *DAY)
        if row["sl_short_abandons_ignored"]
    }
    assert len(history) == 3
    address = line.metrics_url.removeprefix("http://").removesuffix("/metrics")
    scraper = prometheus(tmp_path / "prometheus", SCRAPE.format(address=address))

    def answered() -> dict[str, float]:
        return {
            sample["metric"]["queue"]: round(float(sample["value"][1]), 6)
            for sample in scraper.query(SERVICE_LEVEL)
        }

    with scraper.server:
        wait_until(lambda: answered() == history or None, f"Prometheus says {history}")


def test_promtool_accepts_the_metrics(line: Line) -> None:
    check = [program("promtool", "prometheus"), "check", "metrics"]
    for url in (line.metrics_url, line.archive_url):
        body = get(url, 30)
        assert body
        done = subprocess.run(check, input=body, capture_output=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, b"")


class Platform:
    """A live source with one caller; it ticks whenever somebody waits for something."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._told = 0

    def queued(self) -> None:
        event_id, at = self._next()
        self._publisher.send_call(
            Queued(event_id=event_id, at=at, source="pbx", queue="faults", leg_id="caller")
        )

    def answered(self) -> None:
        event_id, at = self._next()
        self._publisher.send_call(
            Answered(event_id=event_id, at=at, source="pbx", queue="faults", leg_id="caller")
        )

    def tells_of(self, webhook: Webhook, status: str) -> bool:
        event_id, at = self._next()
        self._publisher.send_mark("calls", Tick(event_id=event_id, at=at, source="pbx"))
        self._publisher.flush()
        return any(map(about("faults", status), list(webhook.posts)))

    def _next(self) -> tuple[str, int]:
        self._told += 1
        return f"pbx:{self._told}", time.time_ns() // 1_000_000


def test_a_breach_reaches_a_webhook_and_is_resolved(line: Line, tmp_path: Path) -> None:
    publisher = Publisher(line.bootstrap, line.namespace)
    platform = Platform(publisher)
    port = free_port()
    with publisher, Webhook() as webhook:
        pager = alertmanager(tmp_path / "pager", shipped_routing(webhook))
        command = line.command("notify", "--alertmanager", pager.url, "--resend", "1s")
        notify = Server(
            "notify", [*command, "--metrics-port", str(port)],
            lambda: get(f"http://127.0.0.1:{port}/healthz") is not None, tmp_path / "notify.log",
        )  # fmt: skip
        with pager.server, notify:
            platform.queued()
            wait_until(
                lambda: platform.tells_of(webhook, "firing"), "the breach is told", every_s=0.5
            )
            platform.answered()
            wait_until(
                lambda: platform.tells_of(webhook, "resolved"), "its end is told", every_s=0.5
            )
    told = next(filter(about("faults", "firing"), webhook.posts))
    (alert,) = told["alerts"]
    assert (told["receiver"], alert["labels"]["rule"]) == ("page", "oldest_wait")
    assert "faults" in alert["annotations"]["summary"]
    assert {post["groupLabels"]["queue"] for post in webhook.posts} == {"faults"}
