"""What Prometheus is told of reports."""

from prometheus_client.core import Metric

from streams.scheduled.agenda import Watch
from streams.scheduled.series import ReportsCollector
from streams.scheduled.status import ReportsStatus


def values(of: ReportsCollector) -> dict[tuple[str, str], float]:
    found: list[Metric] = list(of.collect())
    return {
        (sample.name, sample.labels.get("report", "")): sample.value
        for metric in found
        for sample in metric.samples
    }


def test_of_each_report_when_it_is_late_and_how_many_periods_fail() -> None:
    status = ReportsStatus()
    collector = ReportsCollector(status, "0.1.0")
    assert values(collector)["queuewatch_ready", ""] == 0
    status.state, status.watches = "running", (Watch("daily", 90_500, 2), Watch("weekly", 1_000, 0))
    found = values(collector)
    assert found["queuewatch_ready", ""] == 1
    assert found["queuewatch_report_late_timestamp_seconds", "daily"] == 90.5
    assert found["queuewatch_report_failing_periods", "daily"] == 2
    assert found["queuewatch_report_failing_periods", "weekly"] == 0
    status.watches = ()  # they left queues.toml
    assert ("queuewatch_report_failing_periods", "daily") not in values(collector)


def test_an_operator_sees_why_it_waits_before_what_is_wrong_with_the_file() -> None:
    status = ReportsStatus(refused="queues.toml: a mistake")
    assert status.remark == "queues.toml: a mistake; the former reports hold"
    status.detail = "Kafka does not answer"
    assert status.remark == "Kafka does not answer"
