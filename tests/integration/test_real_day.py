"""A day of call records through Kafka, stream and archive: every figure as a naive recount says.

Four lines: both feeds into both databases. Rows are shuffled; each file is sent twice, the second time
in the order of arrival; on one line `stream` and `archive` are killed while it is being sent.
"""

import signal
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from schemas.millis import DAY as DAY_MS
from schemas.millis import HOUR, MINUTE, iso
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of
from streams.local.kafka import LocalKafka
from tests.integration.archive.databases import yet_to_be_made
from tests.support.agreement import last_change, report_differences, snapshot_differences
from tests.support.line import Line
from tests.support.records_day import (
    DAY,
    QUEUES,
    QUEUES_TOML,
    START,
    day_legs,
    write_records,
)
from tests.support.recount import Recorded
from tests.support.services import ClickHouse
from tests.support.waiting import wait_until

LEGS = day_legs(seed=1)
MANY_LEGS = day_legs(seed=1, count=6_000)
TURN_S = 0.02  # in which a sender may run before it stands still: it sends a tenth of them
WINDOW_MS = 30 * MINUTE


@contextmanager
def line_on(kafka: LocalKafka, folder: Path, server: ClickHouse | None) -> Iterator[Line]:
    with ExitStack() as ends:
        url = None
        if server is not None:
            of = ends.enter_context(yet_to_be_made(server, "day"))
            url = f"clickhouse://default@{of.host}:{of.port}/{of.database}"
        yield ends.enter_context(Line(kafka.place.bootstrap, folder, QUEUES_TOML, url))


def check(line: Line, legs: list[Recorded], live_queues: Collection[str] = QUEUES) -> None:
    summary = line.history("summary", *DAY)
    assert list(report_differences(summary, legs, DAY_MS)) == []
    intervals = line.history("intervals", "--every", "30m", *DAY)
    assert list(report_differences(intervals, legs, 30 * MINUTE)) == []
    by_event = line.history("intervals", "--every", "30m", "--basis", "event", *DAY)
    assert list(report_differences(by_event, legs, 30 * MINUTE, "event")) == []
    line.check_books(live_queues)


def check_snapshots(line: Line, legs: list[Recorded], *how: str) -> None:
    # Until the last leg has left the window; the clock of a live file stands still after that.
    span = ("--from", iso(START), "--to", iso(last_change(legs) // MINUTE * MINUTE + HOUR))
    rows = line.history("snapshots", *span, "--window", "30m", *how)
    assert list(snapshot_differences(rows, legs, QUEUES, WINDOW_MS)) == []


@pytest.mark.parametrize("database", ["embedded", "server"])
def test_history(
    kafka: LocalKafka, clickhouse_server: ClickHouse, tmp_path: Path, database: str
) -> None:
    server = clickhouse_server if database == "server" else None
    with line_on(kafka, tmp_path, server) as line:
        records = write_records(tmp_path / "records.csv", LEGS)
        said = line.run("send", "records", str(records))
        assert "0 rows in quarantine" in said
        line.drain()
        check(line, LEGS, live_queues=())
        check_snapshots(line, LEGS, "--from-legs")

        write_records(records, sorted(LEGS, key=lambda leg: leg.arrived_at))
        line.run("send", "records", str(records))
        line.drain()
        check(line, LEGS, live_queues=())


def test_live(kafka: LocalKafka, tmp_path: Path) -> None:
    with line_on(kafka, tmp_path, None) as line:
        records = write_records(tmp_path / "records.csv", LEGS)
        line.run("send", "records", str(records), "--feed", "live")
        line.drain()
        check(line, LEGS)
        check_snapshots(line, LEGS)
        check_snapshots(line, LEGS, "--from-legs")

        write_records(records, sorted(LEGS, key=lambda leg: leg.arrived_at))
        line.run("send", "records", str(records), "--feed", "live")
        line.drain()
        check(line, LEGS)
        check_snapshots(line, LEGS)
        # A back-fill of what was seen live: the live legs stand.
        line.run("send", "records", str(records))
        line.drain()
        check(line, LEGS)


def test_live_while_stream_and_archive_are_killed(
    kafka: LocalKafka, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    records = write_records(tmp_path / "records.csv", MANY_LEGS)
    with line_on(kafka, tmp_path, clickhouse_server) as line:
        sender = line.started("send", "records", str(records), "--feed", "live")

        def has_counted() -> bool:
            sender.send_signal(signal.SIGCONT)
            time.sleep(TURN_S)
            sender.send_signal(signal.SIGSTOP)  # else it would be through before the kill
            assert sender.poll() is None, "all was sent before anything was killed"
            return line.applied() > 500

        try:
            # Its start alone would take a hundred turns.
            with consumer(line.bootstrap) as reader:
                calls = partitions_of(reader, topic_name("calls", line.namespace))
                wait_until(
                    lambda: any(reader.end_offsets(calls).values()),
                    "something is sent",
                    every_s=0.01,
                )
            wait_until(has_counted, "the stream has counted something", every_s=0.3)
            line.stream.kill()
            line.archive.kill()
            sender.send_signal(signal.SIGCONT)
            line.archive.start()
            line.stream.start()
            said = sender.communicate(timeout=120)[0]
        finally:
            if sender.poll() is None:  # a condition was not met, and it stands still
                sender.kill()
                sender.communicate()
        assert sender.returncode == 0, said
        line.drain()
        check(line, MANY_LEGS)
        check_snapshots(line, MANY_LEGS)
        assert "3 queues agree" in line.run("reconcile", "--day", "2026-03-02")
