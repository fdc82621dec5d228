"""One case of tests/chaos with TLS, passwords and rights; `QUEUEWATCH_CHAOS_KAFKA=secured` runs the others so."""

from pathlib import Path

from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.system import System
from tests.integration.security.conftest import PATIENT, Secured
from tests.support.secured import PASSWORDS, entered, written_config
from tests.support.services import ClickHouse


def test_a_worker_killed_at_a_secured_kafka_loses_and_doubles_nothing(
    secured: Secured, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    for user in PASSWORDS:
        written_config(secured.certificates, tmp_path, user)
    with entered(secured.nodes.sasl, tmp_path):
        system = System(secured.nodes.sasl, clickhouse_server, tmp_path, 2)
        try:
            calls = ledger(system.queues(), 120, 200, agents=5)
            events = calls.told()
            system.archive.start()
            worker = system.worker("w1", *PATIENT)
            system.ready()
            third = len(events) // 3
            system.send(events[:third])
            for part in (events[third : 2 * third], events[2 * third :]):
                worker.kill()
                worker.start()
                system.send(part)
            judge(system, calls)
            for process in (worker, system.archive):
                assert "AuthorizationFailed" not in process.said()
        finally:
            system.end()
