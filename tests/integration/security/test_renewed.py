"""A new authority under load: every certificate is replaced in its place, and nobody of ours is started again."""

import shutil
import signal
from pathlib import Path

from streams.admin.access import USERS
from streams.plumbing.kafka_config import read_config
from streams.plumbing.kafka_refusals import why_refused
from streams.plumbing.kafka_security import KafkaSecurity, in_use, use
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.load import Load
from tests.chaos.system import System
from tests.integration.security.conftest import PATIENT
from tests.support.kafka_nodes import SUPER_USER, Certificates, KafkaNodes
from tests.support.secured import entered
from tests.support.services import ClickHouse
from tests.support.waiting import wait_until

_NAMES = (SUPER_USER, *(f"queuewatch-{user}" for user in USERS))
_A_SECOND = 100


def test_renewed_certificates_are_used_without_a_restart_and_nothing_is_lost(
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
        try:
            calls = ledger(system.queues(), 130, 600)
            load = Load(system, calls.events(), _A_SECOND)
            system.archive.start()
            worker = system.worker("w1", *PATIENT)
            system.ready()
            pids = [each.process.pid for each in (worker, system.archive)]
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
            assert [each.process.pid for each in (worker, system.archive)] == pids
            assert _refusal(former, nodes.tls), "what the former authority issued still lets in"
        finally:
            system.end()


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
    now = in_use()
    use(KafkaSecurity(read_config(file, {})))
    try:
        return why_refused(bootstrap)
    finally:
        use(now)
