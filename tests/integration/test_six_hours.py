"""Six simulated hours at full speed through Kafka, stream and archive: the simulator's ledger comes out.

The ledger is kept from what happened on the floor, not from the events, so that a lost one shows.
"""

from pathlib import Path

from schemas.millis import MINUTE
from streams.local.kafka import LocalKafka
from tests.support.agreement import read_records, report_differences
from tests.support.line import Line, shipped_queues

# A Monday morning: centres open and begin their shifts within it.
SPAN = ("--from", "2026-03-02T06:00:00+02:00", "--to", "2026-03-02T12:00:00+02:00")


def test_the_archive_is_the_ledger(kafka: LocalKafka, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    simulated = ("--from", SPAN[1], "--until", SPAN[3], "--seed", "3", "--ledger", str(ledger))
    with Line(kafka.place.bootstrap, tmp_path, shipped_queues()) as line:
        line.run("send", "simulate", *simulated)
        line.drain()
        legs = read_records(ledger, line.targets)
        assert len(legs) > 3_000
        assert {leg.outcome for leg in legs} >= {"answered", "abandoned", "rejected"}
        half_hours = line.history("intervals", "--every", "30m", *SPAN)
        assert list(report_differences(half_hours, legs, 30 * MINUTE)) == []
        line.check_books({leg.queue for leg in legs})
        assert sum(line.figures("queuewatch_quarantined_total", "topic").values()) == 0
        assert "queues agree" in line.run("reconcile", "--day", "2026-03-02")
