"""Kafka freezes, is stopped and dies, and comes back on the same data and port."""

import signal
import time
from pathlib import Path

from tests.chaos.brokers import brokers
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import Process, System
from tests.support.services import ClickHouse, Server
from tests.support.waiting import wait_until

_LONG_S = 30.0  # an outage in which a worker may be told to end, and be seen to leave


def test_kafka_goes_away_and_comes_back(clickhouse_server: ClickHouse, tmp_path: Path) -> None:
    with brokers(tmp_path) as nodes:
        system = System(nodes.bootstrap, clickhouse_server, tmp_path, SCALE.partitions)
        try:
            _outages(system, nodes.nodes[0].server)
        finally:
            system.end()


def _outages(system: System, broker: Server) -> None:
    calls = ledger(system.queues(), 50, SCALE.legs, agents=SCALE.agents)
    events = calls.told()
    parts = len(SCALE.kafka_outages) + 1
    system.archive.start()
    system.steady()
    system.ready()
    for number, (hit, away_s) in enumerate(SCALE.kafka_outages):
        system.send(events[number * len(events) // parts : (number + 1) * len(events) // parts])
        broker.send(hit)
        if hit == signal.SIGSTOP and away_s > _LONG_S:
            leaves_meanwhile(system.workers[0])
        outlast(system, away_s)
        back(broker)
    system.send(events[(parts - 1) * len(events) // parts :])
    judge(system, calls)
    assert "Traceback" not in system.workers[0].said()


def leaves_meanwhile(worker: Process) -> None:
    """Told to end it is gone within 10 s, though nobody answers it; started again, it waits."""
    worker.wanted = False
    worker.signal(signal.SIGTERM)
    assert worker.process.wait(15) in (0, 1), worker.said()
    worker.start()


def outlast(system: System, away_s: float) -> None:
    """The length of the outage; who gives up meanwhile is started again, and waits."""
    began = time.monotonic()
    while time.monotonic() - began < away_s:
        system.tend()
        time.sleep(0.2)


def back(broker: Server) -> None:
    """Woken, or started anew on the same data and port."""
    broker.send(signal.SIGCONT)  # harmless where it ended
    try:
        wait_until(lambda: not broker.is_running(), "it has ended", 1)
    except AssertionError:
        return
    broker.start()
