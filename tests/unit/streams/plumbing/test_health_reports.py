"""A report never harms the process that it is about."""

import os
import threading
from collections.abc import Callable

import pytest

from schemas.health import HEALTH_EVERY_MS, Health
from streams.plumbing import health_reports
from streams.plumbing.health_reports import (
    HealthReporter,
    Identity,
    Library,
    health_key,
    pause_ms,
)

NOW = 1_795_000_000_000


def test_a_report_says_who_and_how() -> None:
    mine = Identity.mine("notify", "notify-1", NOW)
    report = mine.report(NOW + 5, ready=False, state="blocked", detail="no", totals={"n": 1})
    assert (report.process, report.instance, report.pid) == ("notify", "notify-1", os.getpid())
    assert (report.started_at, report.at, report.ready) == (NOW, NOW + 5, False)
    assert (report.state, report.detail, report.totals) == ("blocked", "no", {"n": 1})
    assert report.version == mine.version != ""
    assert health_key(report) == b"notify/notify-1"


def test_all_processes_report_at_the_same_moments() -> None:
    assert NOW % HEALTH_EVERY_MS == 0
    assert pause_ms(NOW) == pause_ms(NOW - HEALTH_EVERY_MS) == HEALTH_EVERY_MS
    assert pause_ms(NOW + 700) == HEALTH_EVERY_MS - 700


def test_a_wait_that_ends_a_moment_early_makes_no_second_report() -> None:
    assert pause_ms(NOW - 1) == HEALTH_EVERY_MS + 1


@pytest.mark.parametrize("library", ["kafka-python", "aiokafka"])
def test_without_kafka_it_starts_and_stops_all_the_same(library: Library) -> None:
    mine = Identity.mine("notify", "notify-1", NOW)
    reporter = HealthReporter(
        "127.0.0.1:1", "", lambda: mine.report(NOW, ready=True, state="running"), library
    )
    reporter.stop()
    reporter = HealthReporter(
        "127.0.0.1:1", "", lambda: mine.report(NOW, ready=True, state="running"), library
    )
    reporter.start()
    reporter.stop()
    reporter.stop()
    assert "health" not in {thread.name for thread in threading.enumerate()}


def test_a_process_of_which_there_is_one_reports_until_its_block_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happened: list[str] = []

    class Reporter:
        def __init__(
            self, bootstrap: str, namespace: str, read: Callable[[], Health], library: Library
        ) -> None:
            health = read()
            name = f"{health.process}/{health.instance}"
            happened.append(f"{bootstrap} {namespace} {name} by {library}")

        def start(self) -> None:
            happened.append("start")

        def stop(self) -> None:
            happened.append("stop")

    monkeypatch.setattr(health_reports, "HealthReporter", Reporter)

    def report(identity: Identity, now: int) -> Health:
        return identity.report(now, ready=True, state="running", detail="")

    def fails() -> None:
        with health_reports.reporting("notify", "k:9092", "x-", report, "aiokafka") as identity:
            happened.append(identity.process)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert happened == ["k:9092 x- notify/notify-1 by aiokafka", "start", "notify", "stop"]
