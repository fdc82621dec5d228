"""A source stops while an alert of its queue fires: a real Prometheus and a real Alertmanager tell it, and mute that alert."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from producers.publisher import Publisher
from schemas.calls import Answered, Queued, Tick
from streams.local.kafka import LocalKafka, free_port
from tests.integration.alerting.test_notify import shipped_routing
from tests.support.line import Line
from tests.support.services import ROOT, Server, Webhook, alertmanager, get, prometheus
from tests.support.waiting import wait_until

QUEUES = """
[defaults]
answer_within = "20s"
goal = 0.8
[queues.faults]
alerts.oldest_wait = { raise_above = "6s", clear_below = "3s", clear_hold = "5s" }
"""
TOLD = "OldestWait"


@pytest.fixture
def line(kafka: LocalKafka, tmp_path: Path) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path, QUEUES) as started:
        yield started


class Platform:
    """The only source. It says something whenever somebody waits for something, until it falls silent."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._told = 0

    def says(self, kind: type[Queued] | type[Answered]) -> None:
        event_id, at = self._next()
        self._publisher.send_call(
            kind(event_id=event_id, at=at, source="pbx", queue="faults", leg_id="caller")
        )

    def until(self, known: Callable[[], bool], what: str) -> None:
        def ticked() -> bool:
            event_id, at = self._next()
            self._publisher.send_mark("calls", Tick(event_id=event_id, at=at, source="pbx"))
            self._publisher.flush()
            return known()

        wait_until(ticked, what, every_s=0.5)

    def _next(self) -> tuple[str, int]:
        self._told += 1
        return f"pbx:{self._told}", time.time_ns() // 1_000_000


def faster_rules(folder: Path) -> Path:
    """The rules that ship, with 5 seconds of silence in place of 30."""
    text = (ROOT / "deploy/prometheus/rules/pipeline.yml").read_text()
    for slow, fast in (("> 30", "> 5"), ("< 30", "< 5"), ("[30s]", "[5s]"), ("[1d:1m]", "[1d:1s]")):
        assert slow in text
        text = text.replace(slow, fast)
    (folder / "pipeline.yml").write_text(text.replace("interval: 5s", "interval: 1s"))
    return folder / "pipeline.yml"


def scraping(rules: Path, pager: str, **addresses: str) -> str:
    jobs = "".join(
        f"  - {{job_name: {job}, static_configs: [{{targets: ['{address}']}}]}}\n"
        for job, address in addresses.items()
    )
    return (
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: ['{rules}']\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{pager}']}}]}}]}}\n"
        f"scrape_configs:\n{jobs}"
    )


def bare(url: str) -> str:
    return url.removeprefix("http://").removesuffix("/metrics")


def state(url: str, name: str) -> str:
    """What Alertmanager knows of the alert of that name: active, suppressed, or "" for none."""
    alerts = json.loads(get(f"{url}/api/v2/alerts") or b"[]")
    states = [each["status"]["state"] for each in alerts if each["labels"]["alertname"] == name]
    return states[0] if states else ""


def told(webhook: Webhook) -> list[tuple[str, str]]:
    """(name, status) of each message, in order."""
    posts: list[dict[str, Any]] = list(webhook.posts)
    return [(post["groupLabels"]["alertname"], post["status"]) for post in posts]


def test_one_technical_alert_stands_in_place_of_those_of_the_queues(
    line: Line, tmp_path: Path
) -> None:
    publisher, port = Publisher(line.bootstrap, line.namespace), free_port()
    platform = Platform(publisher)
    with publisher, Webhook() as webhook:
        pager = alertmanager(tmp_path / "pager", shipped_routing(webhook))
        command = line.command("notify", "--alertmanager", pager.url, "--resend", "1s")
        notify = Server(
            "notify", [*command, "--metrics-port", str(port)],
            lambda: get(f"http://127.0.0.1:{port}/healthz") is not None, tmp_path / "notify.log",
        )  # fmt: skip
        config = scraping(
            faster_rules(tmp_path), bare(pager.url), stream=bare(line.metrics_url),
            archive=bare(line.archive_url), notify=f"127.0.0.1:{port}",
        )  # fmt: skip
        watcher = prometheus(tmp_path / "prometheus", config)
        with pager.server, notify, watcher.server:
            platform.says(Queued)
            platform.until(lambda: (TOLD, "firing") in told(webhook), "the breach is told")
            platform.until(
                lambda: len(watcher.query("queuewatch_source_behind_seconds < 5")) == 1,
                "Prometheus knows the source as live",
            )
            wait_until(lambda: ("FeedStale", "firing") in told(webhook), "the silence is told")
            wait_until(lambda: state(pager.url, TOLD) == "suppressed", "the breach is muted")
            platform.until(
                lambda: ("FeedStale", "resolved") in told(webhook), "it is over: the source speaks"
            )
            platform.until(lambda: state(pager.url, TOLD) == "active", "the breach still holds")
            before = told(webhook)
            platform.says(Answered)
            platform.until(lambda: (TOLD, "resolved") in told(webhook), "now its end is told")
    assert (TOLD, "resolved") not in before
    assert {name for name, _ in told(webhook)} == {TOLD, "FeedStale"}
