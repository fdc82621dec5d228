"""What the local broker is told."""

import re
from pathlib import Path

from streams.local.kafka_place import KafkaPlace, new_cluster_id, server_properties


def _values(place: KafkaPlace) -> dict[str, str]:
    return dict(line.split("=", 1) for line in server_properties(place).splitlines())


def test_the_broker_listens_on_loopback_only() -> None:
    values = _values(KafkaPlace(Path("/var/queuewatch"), Path("libs"), 9092, 19093))
    assert values["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:19093"
    assert values["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092"
    assert values["controller.quorum.voters"] == "1@127.0.0.1:19093"
    assert values["log.dirs"] == "/var/queuewatch/logs"


def test_a_single_node_asks_for_no_second_copy() -> None:
    values = _values(KafkaPlace(Path("d"), Path("libs"), 1, 2))
    copies = {
        key: n for key, n in values.items() if key.endswith((".replication.factor", ".min.isr"))
    }
    assert len(copies) == 5
    assert set(copies.values()) == {"1"}


def test_a_backslash_in_the_path_reaches_the_broker_as_one() -> None:
    values = _values(KafkaPlace(Path("/data\\new"), Path("libs"), 1, 2))
    assert values["log.dirs"] == "/data\\\\new/logs"


def test_cluster_ids_are_distinct_and_never_look_like_an_option() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", one) for one in ids)
