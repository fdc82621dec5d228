"""A new authority under load: every certificate is replaced in its place, and what runs goes on with the new ones."""

import shutil
import signal
import subprocess
from pathlib import Path

from streams.admin.access import USERS
from streams.local.kafka import free_port
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.load import Load
from tests.chaos.system import Process, System
from tests.integration.security.conftest import PATIENT
from tests.integration.security.test_secured_line import QUEUEWATCH
from tests.support.kafka_nodes import SUPER_USER, Certificates, KafkaNodes
from tests.support.secured import entered
from tests.support.services import ClickHouse
from tests.support.waiting import wait_until

_NAMES = (SUPER_USER, *(f"queuewatch-{user}" for user in USERS))
_A_SECOND = 100


def test_renewed_certificates_are_used_by_what_runs_and_nothing_is_lost(
    clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    first = Certificates.made(tmp_path / "certificates")
    for name in _NAMES:
        _shows(first, tmp_path, name)
    former = _kept(tmp_path, SUPER_USER)
    with (
        KafkaNodes(tmp_path / "kafka", 1, first) as nodes,
        entered(nodes.tls, tmp_path),
    ):
        system = System(nodes.tls, clickhouse_server, tmp_path, 2)
        board = None
        try:
            calls = ledger(system.queues(), 130, 600)
            load = Load(system, calls.events(), _A_SECOND)
            system.archive.start()
            worker = system.worker("w1", *PATIENT)
            system.ready()
            board = _board(system, tmp_path)
            wait_until(board.is_ready, "the board is ready", 120)
            with load.going_on():
                _more(load)
                second = first.renewed()
                for name in _NAMES:
                    second.of(name)
                nodes.renew(second)
                broker = nodes.nodes[0].server
                broker.send(signal.SIGTERM)
                wait_until(lambda: not broker.is_running(), "the broker has ended")
                broker.start()
                _more(load)
            judge(system, calls)
            # Worker and archive may end in a long outage, to be started again; the board waits.
            wait_until(board.is_ready, "the board is ready again", 120)
            assert board.process.poll() is None, board.said()
            for each in (worker, system.archive, board):
                print(f"{each.name} was started again {len(each.exits)} times")
                assert "certificate" not in each.said(), each.said()
            assert f"Kafka at {nodes.tls} refuses" in _refusal(former, nodes.tls)
        finally:
            if board is not None:
                board.kill()
            system.end()


def _board(system: System, folder: Path) -> Process:
    """It reads by the same library as all that runs for long."""
    port = free_port()
    words = [QUEUEWATCH, "board", *system.place("board"), "--port", str(port)]
    board = Process("board", port, words, folder / "board.log")
    board.start()
    return board


def _more(load: Load) -> None:
    before = len(load.accepted_at)
    wait_until(lambda: len(load.accepted_at) >= before + 5, "some portions are accepted", 120)


def _shows(certificates: Certificates, folder: Path, name: str) -> None:
    """The file by which `name` comes in with a certificate, without a password."""
    certificate, key = certificates.of(name)
    (folder / f"{name}.properties").write_text(
        f"security.protocol=SSL\nssl.ca.location={certificates.ca}\n"
        f"ssl.certificate.location={certificate}\nssl.key.location={key}\n"
    )


def _kept(folder: Path, name: str) -> Path:
    """The same with copies of the certificate and its key, which nobody renews; whom to trust is renewed."""
    text = (folder / f"{name}.properties").read_text()
    for suffix in (".pem", ".key"):
        source = folder / "certificates" / f"{name}{suffix}"
        copy = folder / f"former-{name}{suffix}"
        shutil.copy(source, copy)
        text = text.replace(str(source), str(copy))
    file = folder / "former.properties"
    file.write_text(text)
    return file


def _refusal(file: Path, bootstrap: str) -> str:
    """What a command says that comes in by this file; it must fail."""
    words = ["topics", "check", "--kafka", bootstrap, "--kafka-config", str(file)]
    done = subprocess.run([QUEUEWATCH, *words], text=True, capture_output=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 1, done.stdout
    return done.stderr
