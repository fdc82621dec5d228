"""`queuewatch topics grow` where each user has the least rights: the operator may not, an administrator may."""

from pathlib import Path

from schemas.calls import Ended, Queued
from streams.admin.topics import read_epoch
from tests.integration.security.conftest import Secured
from tests.support.kafka_nodes import SUPER_USER
from tests.support.line import Line
from tests.support.open_calls import Sender, shown
from tests.support.secured import PASSWORDS, entered, written_config

NAMES = [f"queue{number}" for number in range(4)]
FILE = '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\ngoal = 0.8\n' + "".join(
    f"[queues.{name}]\n" for name in NAMES
)
FORMER, WANTED = 2, 5


def test_an_operator_is_refused_before_anything_is_changed_and_an_administrator_moves_all(
    secured: Secured, tmp_path: Path
) -> None:
    for user in PASSWORDS:
        written_config(secured.certificates, tmp_path, user)
    with entered(secured.nodes.sasl, tmp_path):
        line = Line(secured.nodes.sasl, tmp_path, FILE, partitions=FORMER)
        sender = Sender(line.bootstrap, line.namespace)
        with line:
            for name in NAMES:
                sender.send(
                    sender.call(Queued, f"{name}-done", name, 0),
                    sender.call(Ended, f"{name}-done", name, 9_000),
                    sender.call(Queued, f"{name}-waits", name, 20_000),
                )
            sender.send(sender.tick())
            line.drain()
            line.stream.stop()
            before = shown(line.bootstrap, line.namespace)

            said = line.fails("topics", "grow", "--partitions", str(WANTED))
            assert "administrator" in said, said
            epoch = read_epoch(line.bootstrap, line.namespace)
            assert epoch is not None
            assert epoch.partitions in {None, FORMER}

            line.environment["QUEUEWATCH_KAFKA_CONFIG"] = str(tmp_path / f"{SUPER_USER}.properties")
            print(line.run("topics", "grow", "--partitions", str(WANTED)))
            line.stream.start()
            line.drain()
            after = shown(line.bootstrap, line.namespace)
            assert after == before
            for name in NAMES:
                sender.send(sender.call(Ended, f"{name}-waits", name, 60_000))
            sender.send(sender.tick())
            line.drain()
            line.check_books(NAMES)
