"""A report never harms the process that it is about."""

import os
import threading

from streams.plumbing.health_reports import HealthReporter, Identity, health_key

NOW = 1_795_000_000_000


def test_a_report_says_who_and_how() -> None:
    mine = Identity.mine("notify", "notify-1", NOW)
    report = mine.report(NOW + 5, ready=False, state="blocked", detail="no", totals={"n": 1})
    assert (report.process, report.instance, report.pid) == ("notify", "notify-1", os.getpid())
    assert (report.started_at, report.at, report.ready) == (NOW, NOW + 5, False)
    assert (report.state, report.detail, report.totals) == ("blocked", "no", {"n": 1})
    assert report.version == mine.version != ""
    assert health_key(report) == b"notify/notify-1"


def test_without_kafka_it_starts_and_stops_all_the_same() -> None:
    mine = Identity.mine("notify", "notify-1", NOW)
    reporter = HealthReporter(
        "127.0.0.1:1", "", lambda: mine.report(NOW, ready=True, state="running")
    )
    reporter.stop()
    reporter = HealthReporter(
        "127.0.0.1:1", "", lambda: mine.report(NOW, ready=True, state="running")
    )
    reporter.start()
    reporter.stop()
    reporter.stop()
    assert "health" not in {thread.name for thread in threading.enumerate()}
