"""The series of deliver."""

from streams.plumbing.families import exposition
from streams.sinks.deliver.series import DeliverCollector
from streams.sinks.deliver.status import DeliverStatus
from tests.support.delivery import NOON


def test_every_result_has_a_sample_from_the_start() -> None:
    status = DeliverStatus(
        state="running", ended={"sent": 3}, failed_attempts=2, queued=1, overdue_ms=1_500,
        targets=(("water", "ntfy, line 1"), ("water", "ntfy, line 2")),
        failing_since={("water", "ntfy, line 2"): NOON - 5_000}, untold=("lead",), refused="a mistake",
    )  # fmt: skip
    text = exposition(list(DeliverCollector(status, "1", lambda: NOON).collect())).decode()
    for line in (
        'queuewatch_ready{process="deliver"} 1.0',
        'queuewatch_deliver_messages_total{result="sent"} 3.0',
        'queuewatch_deliver_messages_total{result="not_told"} 0.0',
        "queuewatch_deliver_failed_attempts_total 2.0",
        "queuewatch_deliver_queued_messages 1.0",
        "queuewatch_deliver_oldest_overdue_seconds 1.5",
        'queuewatch_deliver_target_failing_seconds{owner="water",target="ntfy, line 1"} 0.0',
        'queuewatch_deliver_target_failing_seconds{owner="water",target="ntfy, line 2"} 5.0',
        'queuewatch_deliver_owner_without_address{owner="lead"} 1.0',
        "queuewatch_deliver_files_refused 1.0",
    ):
        assert line in text.splitlines()
