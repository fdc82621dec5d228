"""The loop of the archive: poll, make rows, insert, commit; the delivery guarantee is in this order.

Rule 1: offsets are committed after the inserts. After a crash, rows are inserted again; a repeated row
replaces itself.
Rule 2: while the database does not answer, the partitions are paused and polling goes on: the archive
stays in its group, and Kafka is the buffer.
Rule 3: while a full batch is inserted, by another thread, the next one is read. What is committed after it are the
positions of when it was handed over.
Rule 4: the committed offset is the consumer's position, which is also past markers of transactions.
So `drain` can wait until the committed offset equals the end of the log.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata, TopicPartition

from schemas.codec import UndecodableError
from schemas.tables import TABLES
from streams.plumbing.backoff import Backoff
from streams.sinks.clickhouse.batches import Batch, Chunk, TableBatch, insert_all_but_poison
from streams.sinks.clickhouse.consuming import Rebalances
from streams.sinks.clickhouse.database import ColumnDatabase, RefusedError, UnavailableError
from streams.sinks.clickhouse.leg_columns import AT_ONCE, leg_columns
from streams.sinks.clickhouse.records import (
    TOPICS,
    ended_delivery,
    refused_live,
    rows_of,
    source_of,
)
from streams.sinks.clickhouse.refused import RefusedRecords
from streams.sinks.clickhouse.rows import check_ranges
from streams.sinks.clickhouse.status import StatusRecorder
from streams.sinks.clickhouse.touched_days import touch, touched_days

POLL_MS = 500  # records end a poll at once
BESIDE_MS = 20  # a poll while a batch is inserted, so that its end is seen
JOIN_MS = 2_000  # a poll in which a join of the group ends (`Rebalances` says why it must)
POLL_RECORDS = 20_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0  # between tries while the database does not answer
COMMIT_IDLE_S = 0.5  # when idle, positions past markers of transactions are committed this often
# Kept short: nothing is polled during a commit, and only polling finds a coordinator that came back.
COMMIT_WITHIN_MS = 2_000

_log = logging.getLogger(__name__)
_FAILS = (UnavailableError, RefusedError, KafkaError)

Moved = dict[TopicPartition, OffsetAndMetadata]


class _Carried(NamedTuple):
    """A batch on its way into the database, with the positions to be committed after it."""

    batch: Batch
    moved: Moved
    insert: "Future[None] | None"  # None: nobody inserts it at the moment


class Writer:
    """Carries every record of the archive's topics into the database until `stop` is set."""

    def __init__(
        self,
        consumer: Any,  # a kafka.KafkaConsumer with auto commit off and read_committed
        database: ColumnDatabase,
        refused: RefusedRecords,
        status: StatusRecorder,
        namespace: str,
        chance: Callable[[], float],
    ) -> None:
        self._consumer = consumer
        self._database = database
        self._refused = refused
        self._status = status
        self._prefix = len(namespace)
        self._chance = chance
        self._batch = Batch()
        self._carried: _Carried | None = None
        self._inserting = ThreadPoolExecutor(1, "insert")
        self._committed: dict[TopicPartition, int] = {}
        self._commit_after = 0.0
        self._rebalances = Rebalances(consumer)
        self._uncommitted = False  # whether the failure to commit was logged: once per outage

    def subscribe(self, namespace: str) -> None:
        self._consumer.subscribe(
            [f"{namespace}{topic}" for topic in TOPICS], listener=self._rebalances
        )

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then flush once more, without retries."""
        try:
            while not stop.is_set():
                self._step(stop)
            self._last_flush()
        finally:
            self._inserting.shutdown()  # whoever opened the database closes it now

    def _step(self, stop: threading.Event) -> None:
        waits_ms = POLL_MS if self._carried is None else BESIDE_MS
        self._poll(self._batch.due_in_ms(time.monotonic(), waits_ms))
        now = time.monotonic()
        if self._batch.is_due(now):
            self._flush(stop)
        elif self._batch.size == 0 and self._carried is not None:
            self._end_insert(stop)
        elif self._batch.size == 0 and now >= self._commit_after:
            self._commit(self._moved())
        self._status.running(self._lags())

    def _poll(self, timeout_ms: int) -> None:
        self._status.polled(time.monotonic())
        waits_ms = JOIN_MS if self._rebalances.joining else timeout_ms
        polled = self._consumer.poll(timeout_ms=waits_ms, max_records=POLL_RECORDS)
        if self._rebalances.any_revoked():
            # This archive or another one reads from the committed offsets again; repeated rows do no harm.
            self._batch.clear()
            self._committed.clear()
            if self._carried is not None:
                self._carried.moved.clear()
                if self._carried.insert is None:
                    self._carried.batch.clear()
        now = time.monotonic()
        self._status.assigned(len(self._consumer.assignment()), now)
        for tp, records in polled.items():
            self._take(tp.topic[self._prefix :], tp.partition, records, now)

    def _take(self, topic: str, partition: int, records: Sequence[Any], now: float) -> None:
        if topic != "legs":
            self._take_singly(topic, partition, records, now)
            return
        for first in range(0, len(records), AT_ONCE):
            some = records[first : first + AT_ONCE]
            columns = leg_columns([record.value for record in some])
            if columns is None:
                self._take_singly(topic, partition, some, now)
            else:
                chunk = Chunk(columns, topic, partition, some)
                self._batch.add_chunk("leg_versions", chunk, now)

    def _take_singly(self, topic: str, partition: int, records: Sequence[Any], now: float) -> None:
        for record in records:
            origin = (topic, partition, record)
            source = source_of(origin)
            try:
                made = rows_of(source)
            except UndecodableError as error:
                self._refused.set_aside(source, error.detail)
                continue
            for table, row in made:
                self._batch.add(table, (row,), (origin,), now)
            if (refused := refused_live(source)) is not None:
                self._status.refused_line(*refused)
            if (delivery := ended_delivery(source)) is not None:
                self._status.delivered(delivery)

    def _flush(self, stop: threading.Event) -> None:
        """Insert and commit; a full batch beside what is read next, for then there is more to come."""
        self._end_insert(stop)
        if self._carried is not None:  # stopped
            return
        batch, self._batch = self._batch, Batch()
        insert = self._inserting.submit(self._insert, batch) if batch.is_full else None
        self._carried = _Carried(batch, self._moved(), insert)
        if insert is None:
            self._end_insert(stop)

    def _end_insert(self, stop: threading.Event) -> None:
        """Wait for the insert, and commit; while the database is away, pause, poll and try again."""
        backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S, self._chance)
        while self._carried is not None and not stop.is_set():
            try:
                self._carry()
            except _FAILS as error:
                pause_s = backoff.pause_s()
                self._status.blocked(str(error), time.monotonic())
                _log.warning("archive blocked, next try in %.1f s: %s", pause_s, error)
                self._poll_paused(pause_s, stop)
                continue
            if self._status.unblocked():
                _log.warning("archive goes on")
            self._consumer.resume(*self._consumer.paused())

    def _carry(self) -> None:
        """Insert the batch that is carried, or wait for its insert; then commit. Nothing is carried after that."""
        assert self._carried is not None  # noqa: S101 - for mypy
        batch, moved, insert = self._carried
        if insert is None:
            self._insert(batch)
        else:
            self._carried = self._carried._replace(insert=None)
            insert.result()
        self._refused.deliver()
        self._carried = None
        self._commit(moved)

    def _last_flush(self) -> None:
        try:
            if self._carried is not None:
                self._carry()
            if self._batch.size:
                self._insert(self._batch)
                self._refused.deliver()
                self._commit(self._moved())
        except _FAILS as error:
            _log.warning("not archived before the end, will be read again: %s", error)

    def _poll_paused(self, pause_s: float, stop: threading.Event) -> None:
        until = time.monotonic() + pause_s
        while not stop.is_set() and time.monotonic() < until:
            # Paused before each poll, because a rebalance brings partitions that are not paused yet.
            self._consumer.pause(*self._consumer.assignment())
            self._poll(POLL_MS)

    def _insert(self, batch: Batch) -> None:
        """Insert every row; after an error the next try omits the tables that are done."""
        for table in list(batch.tables):
            self._insert_table(table, batch.tables[table])
            batch.size -= batch.tables.pop(table).size

    def _insert_table(self, table: str, held: TableBatch) -> None:
        columns = TABLES[table]
        began = time.monotonic()

        def insert(rows: Any) -> None:
            check_ranges(table, rows)
            self._database.insert(table, columns, rows)

        days = touched_days(
            self._database, table, held.rows, [chunk.columns for chunk in held.chunks]
        )
        touch(self._database, days)
        self._insert_chunks(table, held)
        poison = insert_all_but_poison(held.rows, insert)
        touch(self._database, days)
        for place, why in poison:
            self._refused.set_aside(source_of(held.origins[place]), f"{table}: {why}")
        now = time.monotonic()
        self._status.inserted(table, held.size - len(poison), now - began, now)

    def _insert_chunks(self, table: str, held: TableBatch) -> None:
        """Where anything of them is refused they become rows, of which those that are refused can be found."""
        if not held.chunks:
            return
        try:
            self._database.insert_columns(
                table, TABLES[table], [chunk.columns for chunk in held.chunks]
            )
        except RefusedError:
            held.take_apart()

    def _commit(self, moved: Moved) -> None:
        """Commit positions of which everything is inserted. After a failure nothing is lost: records are read again."""
        self._commit_after = time.monotonic() + COMMIT_IDLE_S
        if not moved:
            return
        try:
            self._refused.deliver()
            self._consumer.commit(moved, timeout_ms=COMMIT_WITHIN_MS)
        except KafkaError as error:
            self._not_committed(error)
            return
        self._uncommitted = False
        self._committed |= {tp: entry.offset for tp, entry in moved.items()}
        self._status.committed(
            {f"{tp.topic[self._prefix :]}-{tp.partition}": at for tp, at in self._committed.items()}
        )

    def _not_committed(self, error: KafkaError) -> None:
        if not self._uncommitted:
            _log.warning("offsets not committed, will be with the next insert: %r", error)
        self._uncommitted = True

    def _moved(self) -> Moved:
        """Positions that are not committed yet; the client may have to ask Kafka for one. Empty if it does not answer."""
        moved: Moved = {}
        try:
            for tp in self._consumer.assignment():
                if tp in self._committed and self._consumer.highwater(tp) == self._committed[tp]:
                    continue  # at the end of the log; `position` walks over all partitions each time
                position = self._consumer.position(tp, timeout_ms=1_000)
                if position is not None and position != self._committed.get(tp):
                    moved[tp] = OffsetAndMetadata(position, "", -1)
        except KafkaError as error:
            self._not_committed(error)
            return {}
        return moved

    def _lags(self) -> dict[str, int]:
        lags, assigned = {}, self._consumer.assignment()  # which makes a set of all of them
        for tp, position in self._committed.items():
            if tp in assigned:
                end = self._consumer.highwater(tp)
                if end is not None:
                    lags[f"{tp.topic[self._prefix :]}-{tp.partition}"] = max(0, end - position)
        return lags
