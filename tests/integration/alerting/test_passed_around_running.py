"""A caller who is sent from queue to queue, through Kafka and the stream: one alert where she waits now.

The queues lie in several partitions, and the worker is killed while she waits in the second one, and while the alert fires.
"""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.publisher import Publisher
from schemas.alerts import Alert
from schemas.calls import Event, Mark
from schemas.codec import decode_as
from schemas.millis import MINUTE, SECOND, from_iso, iso
from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka
from streams.plumbing.partitions import partition_of
from tests.support.builders import call, mark
from tests.support.line import PARTITIONS, Line
from tests.support.waiting import wait_until

QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
alerts.passed_around = {}
[queues.meters]
name = "Meter readings"
[queues.accounts]
name = "Accounts"
[queues.billing]
name = "Billing"
owner = "revenue"
"""


class Told:
    """What the platform tells, piece by piece, with a tick every 5 seconds."""

    def __init__(self, publisher: Publisher, base: int) -> None:
        self._publisher = publisher
        self.base = base
        self._told_to = base
        self._facts = sorted(self._all(), key=lambda each: each[0])

    def _all(self) -> Iterator[tuple[int, Event]]:
        """Minutes after the base: (queue, came, left, how)."""
        for contact, stays in {
            "ada": [
                ("meters", 0, 5, "transferred"), ("accounts", 5, 10, "exited"), ("billing", 11, 16, "answered"),
            ],
            "bo": [("meters", 0, 9, "transferred"), ("billing", 9, 17, "answered")],
            "cy": [("accounts", 1, 3, "abandoned"), ("accounts", 20, 21, "abandoned")],
        }.items():  # fmt: skip
            for number, (queue, came, left, how) in enumerate(stays):
                leg, of = f"{contact}{number}", {"contact_id": contact}
                at, left_at = self.base + came * MINUTE, self.base + left * MINUTE
                yield at, call("queued", leg, at, queue, **of)
                yield left_at, call(how, leg, left_at, queue, **of)

    def up_to(self, minute: int) -> None:
        until = self.base + minute * MINUTE
        due = [each for each in self._facts if self._told_to <= each[0] < until]
        due += [(at, mark("tick", at)) for at in range(self._told_to, until, 5 * SECOND)]
        for _, event in sorted(due, key=lambda each: each[0]):
            if isinstance(event, Mark):
                self._publisher.send_mark("calls", event)  # type: ignore[arg-type]  # by its kind
            else:
                self._publisher.send_call(event)  # type: ignore[arg-type]  # a fact, by its kind
        self._publisher.flush()
        self._told_to = until


@pytest.fixture
def line(kafka: LocalKafka, tmp_path: Path) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path, QUEUES) as running:
        yield running


def versions(line: Line) -> list[Alert]:
    """Every version of every alert, in the order of its log."""
    records = read_whole(line.bootstrap, f"{line.namespace}alerts")
    return [decode_as(Alert, each.value) for each in records if each.value]


def test_one_alert_where_she_waits_now_whenever_the_worker_dies(line: Line) -> None:
    base = (time.time_ns() // 1_000_000 - 40 * MINUTE) // MINUTE * MINUTE
    with Publisher(line.bootstrap, line.namespace) as publisher:
        told = Told(publisher, base)
        told.up_to(7)
        line.drain()
        line.stream.kill()
        line.stream.start()
        told.up_to(13)
        wait_until(lambda: bool(versions(line)), "she is told of")
        line.stream.kill()
        line.stream.start()
        told.up_to(30)
        wait_until(lambda: versions(line)[-1].state == "resolved", "she was answered")
    queues = (b"meters", b"accounts", b"billing")
    assert len({partition_of(queue, PARTITIONS) for queue in queues}) > 1

    found = versions(line)
    fired = (
        base + 11 * MINUTE + 5 * SECOND
    )  # ten minutes in two queues; she came here a minute after
    assert {each.alert_id for each in found} == {f"passed_around/billing/{fired}"}
    assert [each.version for each in found] == sorted({each.version for each in found})
    assert {each.fired_at for each in found} == {fired}
    assert (found[0].queue_name, found[0].owner, found[0].severity) == (
        "Billing",
        "revenue",
        "warn",
    )
    assert found[0].n == 1  # who was in two queues is not counted
    assert "in 3 queues" in found[0].reason
    assert "(Meter readings 5m, Accounts 5m, here " in found[0].reason
    assert found[-1].resolved_at == base + 17 * MINUTE + 5 * SECOND

    line.drain()
    text = line.run("alerts", "rehearse", "--from", iso(base), "--to", iso(base + 29 * MINUTE), "--queue",
                    "billing", "--format", "csv")  # fmt: skip
    (row,) = [each for each in csv.DictReader(io.StringIO(text)) if each["kind"] == "alert"]
    assert (row["rule"], row["queue"]) == ("passed_around", "billing")
    assert (from_iso(row["fired_at"]), from_iso(row["resolved_at"])) == (
        fired,
        found[-1].resolved_at,
    )
