"""The writer beside a Kafka that answers nothing; the rest needs real servers (tests/integration/archive)."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaConnectionError
from msgspec.structs import replace

from schemas.codec import encode
from schemas.quarantine import Quarantined
from streams.sinks.clickhouse.database import Answer, Columns, RefusedError, Row, UnavailableError
from streams.sinks.clickhouse.records import Source
from streams.sinks.clickhouse.status import StatusRecorder
from streams.sinks.clickhouse.writer import Writer
from tests.support.legs import leg_row_of, made_up_legs

CALLS = TopicPartition("calls", 0)
QUARANTINE = TopicPartition("quarantine", 0)


class Consumer:
    """Has a partition, or none; Kafka refuses to be asked anything while it `is_away`."""

    def __init__(self, *partitions: TopicPartition) -> None:
        self.partitions = set(partitions)
        self.is_away = True
        self.committed: dict[TopicPartition, Any] = {}

    def poll(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        return {}

    def assignment(self) -> set[TopicPartition]:
        return self.partitions

    def position(self, _: TopicPartition, **__: Any) -> int:
        if self.is_away:
            raise KafkaConnectionError("111 ECONNREFUSED")
        return 7

    def commit(self, offsets: dict[TopicPartition, Any], **_: Any) -> None:
        self.committed |= offsets

    def highwater(self, _: TopicPartition) -> int:
        return 7


class Refusing(Consumer):
    """Gives one refused line of a follower, then nothing."""

    def __init__(self) -> None:
        super().__init__(QUARANTINE)
        record = Quarantined("queue_log@1", 7, "unknown_line", "why", 1, "x", "", "pbx", live=True)
        self.waiting = [Record(record)]

    def poll(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        polled, self.waiting = self.waiting, []
        return {QUARANTINE: polled}


class Record:
    offset, timestamp, key, headers = 0, 1, None, ()

    def __init__(self, content: Quarantined) -> None:
        self.value = encode(content)


class Nobody:
    def deliver(self) -> None:
        """Nothing was refused."""


class Stop:
    """Set after so many rounds; Kafka comes back before the last one."""

    def __init__(self, consumer: Consumer, rounds: int) -> None:
        self._consumer = consumer
        self._rounds = rounds

    def is_set(self) -> bool:
        self._rounds -= 1
        self._consumer.is_away = self._rounds > 0
        return self._rounds < 0


def run(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> StatusRecorder:
    status = StatusRecorder()
    monkeypatch.setattr("streams.sinks.clickhouse.writer.COMMIT_IDLE_S", 0.0)
    unused: Any = None
    writer = Writer(consumer, unused, Nobody(), status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer.run(Stop(consumer, 5))  # type: ignore[arg-type]
    return status


def test_kafka_away_is_said_once_and_outlived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = Consumer(CALLS)
    with caplog.at_level(logging.WARNING):
        status = run(consumer, monkeypatch)
    assert consumer.committed[CALLS].offset == 7
    assert status.read().positions == {"calls-0": 7}
    assert len(caplog.records) == 1


def test_partitions_that_never_come_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(Consumer(CALLS), monkeypatch).read().unassigned_since is None
    assert run(Consumer(), monkeypatch).read().unassigned_since is not None


def test_a_line_that_a_follower_refused_is_counted_as_it_comes() -> None:
    status, consumer = StatusRecorder(), Refusing()
    unused: Any = None
    writer = Writer(consumer, unused, Nobody(), status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer._poll(0)
    assert status.read().refused_lines == {("pbx", "unknown_line"): 1}


LEGS = TopicPartition("legs", 0)
WITHIN_S = 30.0


class Backlog(Consumer):
    """Gives `polls` full batches of legs, then nothing; its position follows."""

    def __init__(self, polls: int) -> None:
        super().__init__(LEGS)
        self.is_away = False
        self.polls, self.given, self.at = polls, 0, 0
        self.given_twice = threading.Event()
        self.is_revoked_at: int | None = None
        self.listener: Any = None

    def poll(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        if self.given == self.is_revoked_at:
            self.is_revoked_at = None
            self.listener.on_partitions_revoked([LEGS])
        if self.given == self.polls:
            return {}
        self.given += 1
        if self.given > 1:
            self.given_twice.set()
        self.at += FULL
        leg = encode(leg_row_of(made_up_legs(1, 0, 1_000, ["billing"], 1)[0]))
        return {LEGS: [Told(self.at - FULL + number, leg) for number in range(FULL)]}

    def position(self, _: TopicPartition, **__: Any) -> int:
        return self.at

    def highwater(self, _: TopicPartition) -> int:
        return self.polls * FULL

    def subscribe(self, _: Any, listener: Any) -> None:
        self.listener = listener

    @property
    def _coordinator(self) -> "Backlog":
        return self

    def request_rejoin(self) -> None:
        """As the client is asked at each join."""

    def pause(self, *_: Any) -> None:
        """The database is away."""

    def resume(self, *_: Any) -> None:
        """It is back."""

    def paused(self) -> set[TopicPartition]:
        return set()


class Told:
    timestamp, key, headers = 1, None, ()

    def __init__(self, offset: int, value: bytes) -> None:
        self.offset, self.value = offset, value


class Held:
    """A database whose first insert of legs waits until the next batch was read; it notes what was committed by then."""

    def __init__(self, consumer: Backlog, *, fails: bool = False) -> None:
        self.rows = 0
        self.committed_before: list[int] = []
        self._consumer, self._fails = consumer, fails

    def execute(self, _: str) -> Answer:
        return Answer([], [])

    def insert(self, table: str, _: Sequence[str], rows: Sequence[Row]) -> None:
        assert (table, len(rows)) == ("queue_days", 1)

    def insert_columns(self, _: str, __: Sequence[str], chunks: Sequence[Columns]) -> None:
        assert self._consumer.given_twice.wait(WITHIN_S), "nothing was read beside the insert"
        entry = self._consumer.committed.get(LEGS)
        self.committed_before.append(0 if entry is None else entry.offset)
        if self._fails:
            self._fails = False
            raise UnavailableError("away")
        self.rows += sum(len(chunk[0]) for chunk in chunks)

    def close(self) -> None:
        """Nothing is open."""


class UntilCommitted:
    """Set once everything is committed, or after too many rounds."""

    def __init__(self, consumer: Backlog) -> None:
        self._consumer, self._rounds = consumer, 1_000

    def is_set(self) -> bool:
        self._rounds -= 1
        entry = self._consumer.committed.get(LEGS)
        return self._rounds < 0 or (entry is not None and entry.offset == self._consumer.polls * FULL)  # fmt: skip


FULL = 40


def run_backlog(consumer: Backlog, database: Held, monkeypatch: pytest.MonkeyPatch) -> StatusRecorder:  # fmt: skip
    monkeypatch.setattr("streams.sinks.clickhouse.batches.FULL_ROWS", FULL)
    monkeypatch.setattr("streams.sinks.clickhouse.writer.FIRST_PAUSE_S", 0.0)
    status = StatusRecorder()
    writer = Writer(consumer, database, Nobody(), status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer.subscribe("")
    writer.run(UntilCommitted(consumer))  # type: ignore[arg-type]
    return status


def test_the_next_batch_is_read_while_one_is_inserted_and_nothing_is_committed_before_its_insert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = Backlog(3)
    database = Held(consumer)
    status = run_backlog(consumer, database, monkeypatch)
    assert database.rows == 3 * FULL
    assert [at < (number + 1) * FULL for number, at in enumerate(database.committed_before)] == [True] * 3  # fmt: skip
    assert consumer.committed[LEGS].offset == 3 * FULL
    assert status.read().positions == {"legs-0": 3 * FULL}


def test_an_insert_beside_the_reading_that_fails_is_tried_again_before_anything_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = Backlog(2)
    database = Held(consumer, fails=True)
    run_backlog(consumer, database, monkeypatch)
    assert database.committed_before[:2] == [0, 0]
    assert database.rows == 2 * FULL
    assert consumer.committed[LEGS].offset == 2 * FULL


def test_partitions_that_go_while_their_rows_are_inserted_are_not_committed_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = Backlog(2)
    consumer.is_revoked_at = 1
    database = Held(consumer)
    run_backlog(consumer, database, monkeypatch)
    assert database.rows == 2 * FULL
    assert database.committed_before == [0, 0]  # the positions of the first batch were dropped


class Picky(Held):
    """Takes no leg of priority 7, and says so of all that come with it."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if table == "leg_versions":
            if any(row[columns.index("priority")] == 7 for row in rows):
                raise RefusedError("no seven")
            self.rows += len(rows)

    def insert_columns(self, _: str, columns: Sequence[str], chunks: Sequence[Columns]) -> None:
        assert any(7 in chunk[columns.index("priority")] for chunk in chunks)
        raise RefusedError("no seven")


class SetAside(Nobody):
    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []

    def set_aside(self, source: Source, why: str) -> None:
        self.told.append((source.offset, why))


def test_a_leg_that_is_refused_among_columns_is_found_and_the_others_are_inserted() -> None:
    consumer = Backlog(1)
    given = consumer.poll()[LEGS]
    (leg,) = made_up_legs(1, 0, 1_000, ["billing"], 1)
    given[5].value = encode(replace(leg_row_of(leg), priority=7))
    given[9].value = b"{"  # so that its part comes row by row
    database, refused, status = Picky(consumer), SetAside(), StatusRecorder()
    writer = Writer(consumer, database, refused, status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer._take("legs", 0, given, 0.0)
    writer._take("legs", 0, given[:8], 0.0)
    writer._insert(writer._batch)
    assert refused.told[0][0] == given[9].offset
    assert sorted(refused.told[1:]) == [(given[5].offset, "leg_versions: no seven")] * 2
    assert database.rows == len(given) - 2 + 7
    assert (writer._batch.size, writer._batch.tables) == (0, {})


class Torn(Held):
    """Takes legs by column each time, and rows from the second time on."""

    def __init__(self, consumer: Backlog) -> None:
        super().__init__(consumer)
        self.taken: list[int] = []
        self.away = True

    def insert_columns(self, _: str, __: Sequence[str], chunks: Sequence[Columns]) -> None:
        self.taken.append(sum(len(chunk[0]) for chunk in chunks))

    def insert(self, table: str, _: Sequence[str], rows: Sequence[Row]) -> None:
        if table == "leg_versions":
            if self.away:
                self.away = False
                raise UnavailableError("away")
            self.taken.append(len(rows))


def test_legs_by_column_and_legs_by_row_are_both_sent_again_and_counted_once() -> None:
    consumer = Backlog(1)
    given = consumer.poll()[LEGS]
    (leg,) = made_up_legs(1, 0, 1_000, ["billing"], 1)
    single = [Told(100, encode(leg_row_of(leg)) + b"\n"), Told(101, b"{")]
    database, refused, status = Torn(consumer), SetAside(), StatusRecorder()
    writer = Writer(consumer, database, refused, status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer._take("legs", 0, given, 0.0)
    writer._take("legs", 0, single, 0.0)
    with pytest.raises(UnavailableError):
        writer._insert(writer._batch)
    assert (writer._batch.size, status.read().rows["leg_versions"]) == (FULL + 1, 0)
    writer._insert(writer._batch)
    assert database.taken == [FULL, FULL, 1]
    assert (writer._batch.size, status.read().rows["leg_versions"]) == (0, FULL + 1)
    assert [offset for offset, _ in refused.told] == [101]
