"""`queuewatch up` on a Kafka of others with TLS, a password and rights, as docs/operator.md tells it; the password is seen nowhere."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.security.conftest import Secured
from tests.integration.security.test_secured_line import CALLS, QUEUEWATCH
from tests.support.names import unique
from tests.support.secured import PASSWORDS, written_config
from tests.support.services import get
from tests.support.up import Up
from tests.support.waiting import wait_until

USER = "queuewatch-up"
QUEUES = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n'


def said(*words: str) -> str:
    """Standard output of a command that must succeed; it is told nothing of Kafka but by its words."""
    done = subprocess.run(
        [QUEUEWATCH, *words], text=True, capture_output=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout + done.stderr


@pytest.fixture
def up(secured: Secured, tmp_path: Path) -> Iterator[Up]:
    queues = tmp_path / "queues.toml"
    queues.write_text(QUEUES)
    place = ["--namespace", unique("up") + "."]
    # What an administrator does, from the machine of the broker: `up` is one user for all.
    said("topics", "acl", "--set", "--principal", f"all=User:{USER}", "--kafka", secured.nodes.internal, *place)  # fmt: skip
    config = written_config(secured.certificates, tmp_path, USER)
    made = Up(
        tmp_path / "data", "--kafka", secured.nodes.sasl, "--kafka-config", str(config), *place,
        "--no-traffic", "--queues", str(queues),
    )  # fmt: skip
    try:
        yield made.start()
    finally:
        made.stop()


def test_up_works_on_a_secured_kafka_and_shows_its_password_nowhere(up: Up, tmp_path: Path) -> None:
    data = ["--data", str(up.data)]
    calls = tmp_path / "calls.csv"
    calls.write_text(CALLS)
    shown = said("topics", "check", *data)
    shown += said("send", "records", str(calls), "--source", "pbx", *data)
    shown += said("drain", "--timeout", "120", *data)
    day = ["--from", "2026-03-02", "--to", "2026-03-03", "--format", "csv"]
    rows = said("history", "summary", *day, *data)
    assert ",billing,3,2,1," in rows
    shown += said("status", *data)
    wait_until(lambda: get(f"{up.board}/api/board"), "the board answers")
    for name in ("board", "metrics", "archive-metrics", "notify-metrics"):
        for path in ("healthz", "metrics"):
            shown += (get(f"http://127.0.0.1:{up.ports[name]}/{path}") or b"").decode()
    children = up.children()
    assert {"stream", "archive", "notify", "board"} <= children.keys()
    for pid in children.values():
        shown += Path(f"/proc/{pid}/cmdline").read_text()
    written = b"".join(path.read_bytes() for path in up.data.rglob("*") if path.is_file())
    assert b"--kafka-config" in written + shown.encode(), "nothing was looked at"
    password = PASSWORDS[USER]
    assert password not in shown
    assert password not in up.said()
    assert password.encode() not in written
    logs = "".join(path.read_text() for path in (up.data / "logs").glob("*.log"))
    assert "AuthorizationFailed" not in logs
    assert "Traceback" not in logs
