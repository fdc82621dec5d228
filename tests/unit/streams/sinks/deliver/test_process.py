"""deliver put together: probe and health report."""

from streams.plumbing.health_reports import Identity
from streams.sinks.deliver.process import health, probe
from streams.sinks.deliver.status import DeliverStatus
from tests.support.delivery import NOON


def test_it_is_well_once_the_outbox_was_read() -> None:
    status = DeliverStatus(state="waiting_for_kafka", detail="Kafka does not answer")
    assert not probe(status).well
    assert probe(status).body == b"waiting_for_kafka: Kafka does not answer\n"
    status.state = "running"
    assert probe(status).well


def test_the_report_says_how_messages_ended() -> None:
    status = DeliverStatus(state="running", ended={"sent": 2}, queued=1, last_sent_at=NOON - 3_000)
    report = health(status, Identity("deliver", "deliver-1", NOON, "1", 1), NOON)
    assert (report.process, report.ready) == ("deliver", True)
    assert report.ages_s == {"last_sent": 3.0}
    assert report.detail == ""
    assert report.totals == {"sent": 2, "queued": 1, "failed_attempts": 0, "undecodable": 0}


def test_the_report_says_what_is_wrong_with_the_files_and_whom_nobody_tells() -> None:
    status = DeliverStatus(state="running", untold=("lead", "night"))
    identity = Identity("deliver", "deliver-1", NOON, "1", 1)
    assert health(status, identity, NOON).detail.endswith("no Alertmanager does: lead, night")
    status.refused = "queues.toml: a mistake"
    assert health(status, identity, NOON).detail.startswith("queues.toml: a mistake; the former")
    status.detail = "Kafka does not answer"
    assert health(status, identity, NOON).detail == "Kafka does not answer"
