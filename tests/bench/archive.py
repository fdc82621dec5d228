"""`queuewatch archive` on a full topic `legs`, into Debian's server and into the embedded database.

Beside the server's figure stand, from the same run, what nobody can be faster than: the same records read and decoded, and
the same rows inserted, each alone.
"""

import argparse
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from producers.batch_producer import BatchProducer
from producers.record_batch import packed_key
from schemas.codec import encode
from schemas.millis import DAY, HOUR, from_iso, iso
from schemas.tables import TABLES
from schemas.topics import DEFAULT_PARTITIONS, topic_name
from streams.plumbing.large_receives import receive_much_at_once
from streams.plumbing.partitions import partition_of
from streams.sinks.clickhouse.address import server_address
from streams.sinks.clickhouse.batches import FULL_ROWS
from streams.sinks.clickhouse.consuming import connected_consumer
from streams.sinks.clickhouse.database import Columns
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.leg_columns import AT_ONCE, leg_columns
from streams.sinks.clickhouse.whole_batches import take_whole_batches
from streams.sinks.clickhouse.writer import POLL_MS, POLL_RECORDS
from tests.bench.part import Bench, Part
from tests.support import services
from tests.support.agreement import report_differences
from tests.support.legs import leg_row_of, made_up_legs
from tests.support.line import Line
from tests.support.recount import Recorded
from tests.support.services import get

_START = from_iso("2026-03-02T00:00:00Z")
_LOOK_EVERY_S = 0.02
_WITHIN_S = 600.0
_TABLE = "leg_versions"  # what is inserted; the newest of each leg follow from it
QUEUES = tuple(f"queue-{place:02d}" for place in range(40))
QUEUES_TOML = (
    '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n'
) + "".join(f"[queues.{queue}]\n" for queue in QUEUES)


def legs_a_second(
    bootstrap: str, folder: Path, legs: int, url: str | None, alone: dict[str, float] | None = None
) -> float:
    """Rows a second after the first insert, which pays for what happens once; checked afterwards.

    `alone` gets what reading and inserting make alone.
    """
    line = Line(bootstrap, folder, QUEUES_TOML, url, DEFAULT_PARTITIONS)
    made = made_up_legs(5, _START, _START + DAY, list(QUEUES), legs)
    _send(line, made)
    with line.archive:
        rate = _timed(line, legs)
        span = ("--from", iso(_START), "--to", iso(_START + DAY))
        found = list(report_differences(line.history("summary", *span), made, 24 * HOUR))
    if found:
        raise AssertionError(f"the archive is not what was sent: {found[:5]}")
    if alone is not None and url is not None:
        alone |= _alone(line, legs, url)
    return rate


def _send(line: Line, made: list[Recorded]) -> None:
    producer = BatchProducer(bootstrap_servers=line.bootstrap, linger_ms=20, batch_size=256 * 1024)
    topic = topic_name("legs", line.namespace)
    known = producer.partitions_for(topic)
    partitions = [producer.partition(topic, number) for number in range(len(known))]
    for number, leg in enumerate(made):
        key = leg.queue.encode()
        value = encode(leg_row_of(leg, version=number + 1))
        producer.hand_over(partitions[partition_of(key, len(known))], packed_key(key), value)
    producer.flush()
    producer.close()


def _alone(line: Line, legs: int, url: str) -> dict[str, float]:
    """Legs a second of reading and decoding without a database, and of inserting without Kafka."""
    receive_much_at_once()  # as the process does
    stop = threading.Event()
    consumer: Any = connected_consumer(
        line.bootstrap, f"{line.namespace}alone", "alone", stop, print
    )
    take_whole_batches(consumer)
    topic = topic_name("legs", line.namespace)
    consumer.assign([TopicPartition(topic, number) for number in range(DEFAULT_PARTITIONS)])
    chunks: list[Columns] = []
    began, read = 0.0, 0
    while read < legs:
        for records in consumer.poll(timeout_ms=POLL_MS, max_records=POLL_RECORDS).values():
            began = began or time.perf_counter()
            for at in range(0, len(records), AT_ONCE):
                columns = leg_columns([record.value for record in records[at : at + AT_ONCE]])
                chunks.append(columns or [])
                read += len(chunks[-1][0])
    read_s = time.perf_counter() - began
    consumer.close()
    began = time.perf_counter()
    with closing(ServerDatabase(server_address(url))) as database:
        at_once = FULL_ROWS // AT_ONCE
        for first in range(0, len(chunks), at_once):
            database.insert_columns(_TABLE, TABLES[_TABLE], chunks[first : first + at_once])
    inserted_s = time.perf_counter() - began
    return {
        "archive_read_alone_per_s": round(legs / read_s),
        "archive_insert_alone_per_s": round(legs / inserted_s),
    }


def _timed(line: Line, legs: int) -> float:
    """The clock starts at the first insert that is seen; a single insert is timed from the start."""
    began, first, deadline = time.perf_counter(), 0, time.monotonic() + _WITHIN_S
    while (rows := _rows(line)) < legs:
        if rows and not first and rows <= legs // 2:
            began, first = time.perf_counter(), rows
        line.archive.ensure_running()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{rows:,} of {legs:,} legs after {_WITHIN_S:g} s")
        time.sleep(_LOOK_EVERY_S)
    return (legs - first) / (time.perf_counter() - began)


def _rows(line: Line) -> int:
    text = (get(line.archive_url) or b"").decode()
    return sum(
        int(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "queuewatch_archive_rows_total" and sample.labels["table"] == _TABLE
    )


def _in(bench: Bench) -> None:
    legs = bench.options.legs
    server = services.clickhouse(bench.place("clickhouse"))
    with server.server:
        url = f"clickhouse://default@{server.host}:{server.tcp_port}/bench"
        alone: dict[str, float] = {}
        rate = legs_a_second(bench.bootstrap, bench.place("server"), legs, url, alone)
    bench.note("archive_legs_per_s", rate, f"legs/s into Debian's ClickHouse ({legs:,} legs)")
    for name, value in alone.items():
        bench.note(name, value, "legs/s, the same ones, nothing else done")
    rate = legs_a_second(bench.bootstrap, bench.place("embedded"), legs, None)
    bench.note("archive_embedded_legs_per_s", rate, f"legs/s into chDB ({legs:,} legs)")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--legs", type=int, default=300_000, help="for the archive")


PART = Part("archive", _in, _options, is_kept=True)
