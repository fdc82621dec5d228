"""Simulated hours with every fault through Kafka, stream and archive: what the recount expects comes out."""

import csv
import re
from collections import Counter
from pathlib import Path

from schemas.codec import decode_as
from schemas.millis import MINUTE
from schemas.quarantine import Quarantined
from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka
from tests.support.agreement import read_records, report_differences
from tests.support.line import Line, shipped_queues

SPAN = ("--from", "2026-03-02T07:00:00+02:00", "--to", "2026-03-02T14:00:00+02:00")
UNTIL = "2026-03-02T10:00:00+02:00"
_MALFORMED = {"not_json", "wrong_type", "missing_field", "unknown_type", "out_of_range"}
_ALIKE = (
    "queue", "contact_id", "caller", "outcome", "arrived_at", "answered_at", "left_at", "agent",
    "wrap_ended_at", "topic", "area",
)  # fmt: skip


def test_the_archive_is_what_can_be_known(kafka: LocalKafka, tmp_path: Path) -> None:
    books = tmp_path / "books"
    simulated = ("--from", SPAN[1], "--until", UNTIL, "--seed", "3", "--scenario", "bad-weather")
    with Line(kafka.place.bootstrap, tmp_path, shipped_queues()) as line:
        with line.started("send", "simulate", *simulated, "--ledger", str(books)) as sending:
            said = sending.communicate(timeout=120)[0]
        assert sending.returncode == 0, said
        print(said)
        line.drain()
        with (books / "expected.csv").open(newline="") as file:
            expected = {row["leg_id"]: row for row in csv.DictReader(file)}
        assert len(expected) > 1_500
        outcomes = Counter(row["outcome"] for row in expected.values())
        assert outcomes.keys() >= {"answered", "abandoned", "ghost", "dropped"}

        archived = {row["leg_id"]: row for row in line.history("legs", *SPAN)}
        assert archived.keys() == expected.keys()
        for leg, row in expected.items():
            assert {name: archived[leg][name] for name in _ALIKE} == {n: row[n] for n in _ALIKE}

        legs = read_records(books / "expected.csv", line.targets)
        half_hours = line.history("intervals", "--every", "30m", *SPAN)
        differences = report_differences(half_hours, legs, 30 * MINUTE)
        # A conversation of unknown length has no place in columns of a call record.
        assert [each for each in differences if " aht_" not in each] == []
        line.check_books({leg.queue for leg in legs})

        spoiled = re.search(r"(\d+) records malformed", said)
        assert spoiled is not None
        values = (r.value for r in read_whole(line.bootstrap, f"{line.namespace}quarantine"))
        reasons = Counter(decode_as(Quarantined, value).reason for value in values if value)
        assert set(reasons) == _MALFORMED
        assert sum(reasons.values()) == int(spoiled[1])
