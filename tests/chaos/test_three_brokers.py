"""Three brokers under load: one is killed, the controller is killed, all are restarted in turn, leaders move."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import TopicPartition

from schemas.topics import TOPICS, topic_name
from streams.admin.broker import admin_client
from streams.admin.topics_seen import check_topics
from streams.admin.unclean import check_cluster
from tests.chaos.brokers import brokers
from tests.chaos.judge import judge
from tests.chaos.ledger import Ledger, ledger
from tests.chaos.load import Load
from tests.chaos.outputs import event_of, input_log
from tests.chaos.pauses import keep_every_record, pauses
from tests.chaos.scale import SCALE, real_only
from tests.chaos.system import System
from tests.support.kafka_nodes import KafkaNode, KafkaNodes
from tests.support.services import ClickHouse

_AS_KAFKA_HAS_IT = {"broker.session.timeout.ms": "9000", "broker.heartbeat.interval.ms": "2000"}
_EVENTS_A_SECOND = 200
_PORTIONS = 30  # so many are accepted while a broker is away, and after all are back


class Cluster:
    """What is done to three brokers, and what is known of them."""

    def __init__(self, nodes: KafkaNodes, system: System, load: Load) -> None:
        self._nodes, self._system, self._load = nodes, system, load

    def leave_alone(self) -> None:
        """To compare with."""

    def kill_a_leader(self) -> None:
        self._away(self._node(self._partitions()[TopicPartition(self._calls, 0)]["leader_id"]))

    def kill_the_controller(self) -> None:
        with admin_client(self._system.bootstrap) as client:
            (quorum,) = client.describe_metadata_quorum()["topics"]
        self._away(self._node(quorum["partitions"][0]["leader_id"]))

    def restart_one_after_the_other(self) -> None:
        for node in self._nodes.nodes:
            node.server.send(signal.SIGTERM)
            self._system.until(lambda: not node.server.is_running(), "it has ended")  # noqa: B023
            node.server.begin()
            self._is_whole()

    def move_the_leaders(self) -> None:
        """Of every partition, to the broker that has its second copy."""
        wanted = {
            tp: [*each["replica_nodes"][1:], each["replica_nodes"][0]]
            for tp, each in self._partitions().items()
        }
        with admin_client(self._system.bootstrap) as client:
            client.alter_partition_reassignments(wanted)
            preferred: dict[str, list[int]] = {}
            for tp in wanted:
                preferred.setdefault(tp.topic, []).append(tp.partition)
            client.elect_leaders(0, preferred, raise_errors=False)
        self._system.until(
            lambda: all(
                each["leader_id"] == wanted[tp][0] for tp, each in self._partitions().items()
            ),
            "every leader has moved",
        )

    def is_calm(self) -> None:
        """All copies are in sync, and events are accepted again."""
        self._is_whole()
        self._more_is_accepted()

    def _away(self, node: KafkaNode) -> None:
        node.server.kill()
        self._more_is_accepted()
        node.server.begin()

    def _more_is_accepted(self) -> None:
        before = len(self._load.accepted_at)

        def accepted() -> bool:
            self._load.ensure_goes_on()
            return len(self._load.accepted_at) >= before + _PORTIONS

        self._system.until(accepted, f"{_PORTIONS} portions more are accepted")

    def _is_whole(self) -> None:
        self._system.until(
            lambda: all(
                len(each["isr_nodes"]) == len(each["replica_nodes"]) == 3
                for each in self._partitions().values()
            ),
            "every copy is in sync",
        )

    def _partitions(self) -> dict[TopicPartition, Any]:
        names = [topic_name(topic.name, self._system.namespace) for topic in TOPICS]
        with admin_client(self._system.bootstrap) as client:
            return {
                TopicPartition(topic["name"], each["partition_index"]): each
                for topic in client.describe_topics([*names, *_OF_KAFKA])
                for each in topic["partitions"]
            }

    def _node(self, number: int) -> KafkaNode:
        return next(node for node in self._nodes.nodes if node.number == number)

    @property
    def _calls(self) -> str:
        return topic_name("calls", self._system.namespace)


_OF_KAFKA = ("__consumer_offsets", "__transaction_state")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[KafkaNodes]:
    with brokers(tmp_path, 3, _AS_KAFKA_HAS_IT) as started:
        yield started


@real_only
def test_three_brokers_lose_and_double_nothing_whichever_is_away(
    nodes: KafkaNodes, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    system = System(nodes.bootstrap, clickhouse_server, tmp_path, SCALE.partitions)
    try:
        keep_every_record(system)
        calls = ledger(system.queues(4 * SCALE.partitions), 110, SCALE.legs, agents=SCALE.agents)
        told = calls.told()
        system.archive.start()
        system.steady()
        system.ready()
        load = Load(system, told, _EVENTS_A_SECOND)
        cluster = Cluster(nodes, system, load)
        with load.going_on():
            for what, hit in (
                ("nothing happens", cluster.leave_alone),
                ("the leader of a partition is killed", cluster.kill_a_leader),
                ("the controller is killed", cluster.kill_the_controller),
                ("all brokers are restarted in turn", cluster.restart_one_after_the_other),
                ("all leaders move", cluster.move_the_leaders),
            ):
                since = _now_ms()
                hit()
                cluster.is_calm()
                print(pauses(system, load.accepted_at, what, since, _now_ms()))
        assert check_topics(system.bootstrap, system.namespace) == []
        assert check_cluster(system.bootstrap, system.namespace) == []
        _stands_once(system, calls)
        judge(system, calls)
        for process in (*system.workers, system.archive):
            print(f"{process.name} was started again {len(process.exits)} times")
            assert "Traceback" not in process.said()
    finally:
        system.end()


def _stands_once(system: System, calls: Ledger) -> None:
    """Each event of a call stands in the log once: no sending again has doubled it."""
    found = sorted(
        event.event_id
        for records in input_log(system, "calls").values()
        for record in records
        if (event := event_of(record)) is not None
    )
    assert found == sorted(event.event_id for event in calls.events())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
