"""A worker of this release starts on the topics of a former one, in the middle of what it had counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import EPOCH_KEY, topic_name
from streams.admin.broker import read_whole
from streams.local.kafka import LocalKafka, free_ports
from streams.local.kafka_place import HOST
from tests.integration.golden.restored import INPUTS, restore_topics
from tests.support.forked import QUEUEWATCH
from tests.support.golden import RELEASES, lasting, topic_records
from tests.support.names import unique
from tests.support.services import Server, get
from tests.support.waiting import wait_until

# Topics of rows, what tells one apart, and the fields that depend on when `roster` was read.
KEYS = {
    "legs": ("queue", "leg_id"),
    "minutes": ("queue", "at"),
    "alerts": ("alert_id",),
    "spells": ("agent", "started_at"),
}
_OF_THE_ROSTER = {"agents", "free_agents"}
Rows = dict[tuple[str, ...], dict[str, Any]]


@pytest.mark.parametrize("release", RELEASES)
def test_it_goes_on_to_the_same_rows(release: str, kafka: LocalKafka, tmp_path: Path) -> None:
    bootstrap, namespace = kafka.place.bootstrap, unique("golden") + "."
    restore_topics(bootstrap, namespace, release)
    (port,) = free_ports(1)
    command = [
        QUEUEWATCH, "stream", "--kafka", bootstrap, "--namespace", namespace,
        "--metrics-port", str(port),
    ]  # fmt: skip
    ready = f"http://{HOST}:{port}/healthz"
    log = tmp_path / "stream.log"
    with Server("stream", command, lambda: get(ready) is not None, log) as worker:
        ends = {name: _count(bootstrap, namespace, name) for name in INPUTS}

        def has_counted_all() -> bool:
            worker.ensure_running()
            return _counted(f"http://{HOST}:{port}/metrics") == ends

        wait_until(has_counted_all, "all of the inputs is counted", 120)
        assert "Traceback" not in log.read_text()
    written, expected = _rows_of_topics(bootstrap, namespace), _golden_rows(release)
    assert {key[0] for key in written} >= {"legs", "minutes", "spells"}
    # What a later version names first is judged by it from the start here, and was not there.
    later = _named_later(release)
    different = {
        key: (row, former)
        for key, row in written.items()
        if row.get("queue") not in later
        # Up to 0.1.0 doubtful callers had no alerts. Those of others must not have moved by them.
        and not (key[0] == "alerts" and row.get("doubtful"))
        and (
            (former := expected.get(key)) is None
            or any(row.get(name) != each for name, each in lasting(key[0], former).items())
        )
    }
    assert different == {}


def _named_later(release: str) -> set[str]:
    """Queues that stand in a later version of the targets, but not in the first."""
    first, *later = (
        {each["queue"] for each in json.loads(record.value or b"{}")["queues"]}
        for record in topic_records(release, "targets")
        if record.key != EPOCH_KEY
    )
    return set().union(*later) - first


def _count(bootstrap: str, namespace: str, name: str) -> int:
    return len(read_whole(bootstrap, topic_name(name, namespace)))


def _counted(url: str) -> dict[str, int]:
    """Records of the inputs that are applied and committed, by topic."""
    text = (get(url) or b"").decode()
    found: dict[str, int] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "queuewatch_position_offset" and sample.labels["topic"] in INPUTS:
                topic = sample.labels["topic"]
                found[topic] = found.get(topic, 0) + int(sample.value)
    return found


def _rows_of_topics(bootstrap: str, namespace: str) -> Rows:
    rows: Rows = {}
    for name in KEYS:
        for record in read_whole(bootstrap, topic_name(name, namespace)):
            _keep(rows, name, record.value)
    return rows


def _golden_rows(release: str) -> Rows:
    rows: Rows = {}
    for name in KEYS:
        for record in topic_records(release, name):
            _keep(rows, name, record.value)
    return rows


def _keep(rows: Rows, name: str, value: bytes | None) -> None:
    row = json.loads(value or b"{}")
    key = (name, *(str(row[field]) for field in KEYS[name]))
    known = rows.get(key)
    if known is None or known["version"] <= row["version"]:
        rows[key] = {field: each for field, each in row.items() if field not in _OF_THE_ROSTER}
