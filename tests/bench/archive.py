"""`queuewatch archive` on a full topic `legs`, into Debian's server and into the embedded database."""

import time
from pathlib import Path

from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from schemas.codec import encode
from schemas.millis import DAY, HOUR, from_iso, iso
from schemas.topics import DEFAULT_PARTITIONS, topic_name
from streams.plumbing.partitions import partition_of
from tests.support.agreement import report_differences
from tests.support.legs import leg_row_of, made_up_legs
from tests.support.line import Line
from tests.support.services import get

_START = from_iso("2026-03-02T00:00:00Z")
_LOOK_EVERY_S = 0.02
_WITHIN_S = 600.0
_TABLE = "leg_versions"  # what is inserted; the newest of each leg follow from it
QUEUES = tuple(f"queue-{place:02d}" for place in range(40))
QUEUES_TOML = (
    '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n'
) + "".join(f"[queues.{queue}]\n" for queue in QUEUES)


def legs_a_second(bootstrap: str, folder: Path, legs: int, url: str | None) -> float:
    """Rows a second after the first insert, which pays for what happens once; checked afterwards."""
    line = Line(bootstrap, folder, QUEUES_TOML, url, DEFAULT_PARTITIONS)
    made = made_up_legs(5, _START, _START + DAY, list(QUEUES), legs)
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=256 * 1024)
    for number, leg in enumerate(made):
        key = leg.queue.encode()
        value = encode(leg_row_of(leg, version=number + 1))
        partition = partition_of(key, DEFAULT_PARTITIONS)
        producer.send(topic_name("legs", line.namespace), value, key, partition=partition)
    producer.flush()
    producer.close()
    with line.archive:
        rate = _timed(line, legs)
        span = ("--from", iso(_START), "--to", iso(_START + DAY))
        found = list(report_differences(line.history("summary", *span), made, 24 * HOUR))
    if found:
        raise AssertionError(f"the archive is not what was sent: {found[:5]}")
    return rate


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
