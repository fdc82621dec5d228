"""Kafka freezes, is stopped and dies, and comes back on the same data and port."""

import signal
import time
from pathlib import Path

from streams.local.kafka import spawn
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System
from tests.support.services import ClickHouse, start_kafka


def test_kafka_goes_away_and_comes_back(clickhouse_server: ClickHouse, tmp_path: Path) -> None:
    broker = start_kafka(tmp_path / "kafka")
    system = System(broker.place.bootstrap, clickhouse_server, tmp_path, SCALE.partitions)
    try:
        calls = ledger(system.queues(), 50, SCALE.legs)
        events = calls.events()
        fourth = len(events) // 4
        system.archive.start()
        system.steady()
        system.ready()
        short_s, long_s = SCALE.kafka_away_s
        system.send(events[:fourth])

        broker.process.send_signal(signal.SIGSTOP)
        time.sleep(short_s)  # the length of the outage
        broker.process.send_signal(signal.SIGCONT)
        system.send(events[fourth : 2 * fourth])

        broker.stop()
        time.sleep(short_s)
        broker = spawn(broker.place)
        broker.wait_until_ready()
        system.send(events[2 * fourth : 3 * fourth])

        broker.process.kill()
        broker.process.wait()
        began = time.monotonic()
        while time.monotonic() - began < long_s:
            system.tend()  # who gave up meanwhile starts again, and waits
            time.sleep(0.2)
        broker = spawn(broker.place)
        broker.wait_until_ready()
        system.send(events[3 * fourth :])
        judge(system, calls)
    finally:
        system.end()
        broker.stop()
