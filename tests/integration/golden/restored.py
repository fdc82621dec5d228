"""Topics and tables of a former release, put back as they were."""

import time
from collections.abc import Callable

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from schemas.millis import DAY
from schemas.topics import topic, topic_name
from streams.admin.broker import admin_client
from streams.admin.topic_table import topic_configs
from streams.admin.topics import create_topics
from tests.support.golden import (
    GoldenRecord,
    state_pieces,
    table_names,
    table_rows,
    table_statement,
    topic_records,
)

INPUTS = ("calls", "agents")
PARTITIONS = 2
_LATER = "nobody"  # a source of whom no queue hears


def restore_topics(bootstrap: str, namespace: str, release: str) -> None:
    """The inputs whole, state in the middle of them; offsets and times of the broker as they were.

    The broker would let old records expire: their segment ends with a tick of now, and stays open.
    """
    now = time.time_ns() // 1_000_000
    # The epoch of the topics is made from the time of their creation, and versions from the epoch.
    create_topics(bootstrap, namespace, topic_records(release, "targets")[0].timestamp, PARTITIONS)
    _configure(bootstrap, namespace, {"message.timestamp.type": "CreateTime"})
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        for name in INPUTS:
            records = topic_records(release, name)
            _send(producer, namespace, name, records)
            for partition in range(PARTITIONS):
                tick = b'{"type":"tick","event_id":"now","at":%d,"source":"%b"}' % (
                    records[0].timestamp,
                    _LATER.encode(),
                )
                _send(producer, namespace, name, [GoldenRecord(partition, 0, now, None, tick, ())])
        _send(producer, namespace, "state", state_pieces(release))
        for name in ("targets", "roster"):
            _send(producer, namespace, name, topic_records(release, name))
        producer.flush()
    finally:
        producer.close()
    _configure(bootstrap, namespace, {})


def _send(producer: KafkaProducer, namespace: str, name: str, records: list[GoldenRecord]) -> None:
    for record in records:
        producer.send(
            topic_name(name, namespace), record.value, record.key, list(record.headers),
            partition=record.partition, timestamp_ms=record.timestamp,
        )  # fmt: skip


def _configure(bootstrap: str, namespace: str, changes: dict[str, str]) -> None:
    """The settings of our table for the inputs, but that a segment lasts for years, and these."""
    wanted = [
        ConfigResource(
            ConfigResourceType.TOPIC,
            topic_name(name, namespace),
            {**topic_configs(topic(name), 1), "segment.ms": str(10_000 * DAY), **changes},
        )
        for name in INPUTS
    ]
    with admin_client(bootstrap) as admin:
        admin.alter_configs(wanted)


def restore_tables(run: Callable[[str], object], release: str) -> None:
    """Every table as that release had made it, with its rows; `run` executes one statement.

    The view comes last, and without rows of its own: they are those of the table that it writes to.
    """
    made = {name: table_statement(release, name) for name in table_names(release)}
    views = [name for name, statement in made.items() if "MATERIALIZED VIEW" in statement]
    for name in made.keys() - set(views):
        run(made[name])
        if rows := table_rows(release, name).decode():
            run(f"INSERT INTO {name} FORMAT JSONEachRow\n{rows}")
    for name in views:
        run(made[name])
