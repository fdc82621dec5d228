"""The whole line on a Kafka with TLS, passwords and rights: each process as a user of its own, with the least that it needs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.local.kafka import free_ports
from streams.sinks.clickhouse.query_server import TOKEN_FILE
from tests.integration.security.conftest import Secured
from tests.support import forked
from tests.support.leaks import leaks
from tests.support.secured import PASSWORDS, written_config
from tests.support.services import Server, Webhook, get
from tests.support.waiting import wait_until

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))
_WITHIN_S = 150  # less than a test may take: what a command said before is not lost
QUEUES = """
[defaults]
answer_within = "20s"
goal = 0.8
owner = "desk"
[owners.desk]
deliver_file = "{urls}"
[queues.billing]
alerts.oldest_wait = {{ raise_above = "60s", clear_below = "3s", clear_hold = "5s", severity = "page" }}
opening = "Mon 09:00-10:00"
[[reports]]
name = "daily"
what = "day"
formats = ["csv"]
when = "06:30"
publish = true
to = {{ folder = "{papers}" }}
"""


class SecuredLine:
    """Starts processes and commands, each as its own user."""

    def __init__(self, secured: Secured, folder: Path) -> None:
        self.nodes = secured.nodes
        self.folder = folder
        self._certificates = secured.certificates
        self.servers: list[Server] = []
        self.said: dict[str, str] = {}

    def process(self, user: str, *arguments: str, port: int) -> Server:
        file = written_config(self._certificates, self.folder, f"queuewatch-{user}")
        place = ["--kafka", self.nodes.sasl, "--kafka-config", str(file)]
        url = f"http://127.0.0.1:{port}/healthz"
        server = Server(
            user, [QUEUEWATCH, user, *place, *arguments], lambda: get(url) is not None,
            self.folder / f"{user}.log",
        )  # fmt: skip
        self.servers.append(server)
        return server.start()

    def run(self, user: str, *arguments: str) -> str:
        """By the environment alone, as a container is set up; it must succeed."""
        done = self.tried(self.environment(user), *arguments)
        said = f"{arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        assert done.returncode == 0, f"{said}\n{self.logs()}"
        return done.stdout

    def logs(self) -> str:
        """The end of what each process and the broker wrote."""
        files = [*(server.log for server in self.servers), self.nodes.nodes[0].server.log]
        return "\n".join(f"{file}:\n{file.read_text()[-2000:]}" for file in files)

    def environment(self, user: str) -> dict[str, str]:
        return {
            "QUEUEWATCH_KAFKA": self.nodes.sasl,
            "QUEUEWATCH_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "QUEUEWATCH_KAFKA_SSL_CA_LOCATION": str(self._certificates.ca),
            "QUEUEWATCH_KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
            "QUEUEWATCH_KAFKA_SASL_USERNAME": f"queuewatch-{user}",
            "QUEUEWATCH_KAFKA_SASL_PASSWORD": PASSWORDS[f"queuewatch-{user}"],
        }

    def tried(
        self, environment: dict[str, str], *arguments: str
    ) -> "subprocess.CompletedProcess[str]":
        try:
            done = forked.run(arguments, {**os.environ, **environment}, _WITHIN_S)
        except subprocess.TimeoutExpired as error:
            said = f"{arguments}: not within {_WITHIN_S} s: {error.stdout!r} {error.stderr!r}"
            raise AssertionError(f"{said}\n{self.logs()}") from None
        self.said[f"what `{' '.join(arguments[:2])}` said ({len(self.said)})"] = (
            done.stdout + done.stderr
        )
        return done


@pytest.fixture
def line(secured: Secured, tmp_path: Path) -> Iterator[SecuredLine]:
    made = SecuredLine(secured, tmp_path)
    try:
        yield made
    finally:
        for server in reversed(made.servers):
            server.stop()


def test_every_process_works_with_the_rights_that_are_printed_and_no_more(
    line: SecuredLine, tmp_path: Path
) -> None:
    # What an administrator does, from the machine of the broker.
    said = line.tried({}, "topics", "acl", "--set", "--kafka", line.nodes.internal)
    assert "rights set for 8 users" in said.stdout, said.stderr
    data, webhook = tmp_path / "data", Webhook()
    (tmp_path / "desk.urls").write_text(f"json://127.0.0.1:{webhook.port}/told")
    queues = tmp_path / "queues.toml"
    queues.write_text(QUEUES.format(urls=tmp_path / "desk.urls", papers=tmp_path / "papers"))
    calls = tmp_path / "calls.csv"
    calls.write_text(CALLS)
    line.run("operator", "topics", "create", "--partitions", "2")
    line.run("operator", "topics", "check")
    line.run("operator", "queues", "publish", str(queues))

    stream, archive, query, board, notify, deliver, hook, reports = free_ports(8)
    place = ["--data", str(data), "--query-port", str(query)]
    with webhook:
        line.process("stream", "--metrics-port", str(stream), port=stream)
        line.process("archive", "--metrics-port", str(archive), *place, port=archive)
        line.process("board", "--port", str(board), port=board)
        line.process(
            "deliver", "--metrics-port", str(deliver), "--port", str(hook), "--queues", str(queues),
            "--notify", f"http://127.0.0.1:{notify}", port=deliver,
        )  # fmt: skip
        line.process(
            "notify", "--metrics-port", str(notify), "--alertmanager", f"http://127.0.0.1:{hook}",
            "--queues", str(queues), port=notify,
        )  # fmt: skip
        line.process(
            "reports", "--metrics-port", str(reports), "--queues", str(queues), *place, port=reports
        )
        line.run("send", "send", "records", str(calls), "--source", "pbx", *place)
        line.run("operator", "drain", "--timeout", "120")
        rows = line.run(
            "operator", "history", "summary", "--from", "2026-03-02", "--to", "2026-03-03",
            "--format", "csv", *place,
        )  # fmt: skip
        assert ",billing,3,2,1," in rows
        line.run(
            "reports", "reports", "run", "daily", "--period", "2026-03-02", "--queues", str(queues), *place
        )  # fmt: skip
        for command in (
            ["status"],
            ["alerts", "list"],
            ["deliveries", "list"],
            ["quarantine", "list"],
        ):
            line.run("operator", *command)
        wait_until(
            lambda: _passed(notify), "a probe has passed Kafka, stream, notify and deliver", 150
        )
    for user, command, topic in (
        ("board", ["send", "records", str(calls), *place], "calls"),
        ("send", ["queues", "publish", str(queues)], "targets"),
        ("deliver", ["quarantine", "list"], "quarantine"),
    ):
        tried = line.tried(line.environment(user), *command)
        assert tried.returncode == 1
        assert f"topic {topic}" in tried.stderr or f"'{topic}'" in tried.stderr, tried.stderr
    # May see all topics and nothing of the cluster: that is said, and not taken for well.
    seen = line.tried(line.environment("stream"), "topics", "check")
    assert (seen.returncode, "settings of the brokers were not looked at" in seen.stderr) == (
        0,
        True,
    )
    checked = line.run("operator", "audit", "check", *place)
    assert "the chain is whole" in checked
    kept = line.run("operator", "audit", "list", "--format", "csv", *place)
    assert "queues_publish" in kept
    published = next(each for each in kept.splitlines() if "report_publish" in each)
    assert '"reports, daily",reports,' in published
    assert "day-2026-03-02-1" in published
    assert "day-2026-03-02-1" in line.run("operator", "publications", "list")
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "TopicAuthorizationFailed" not in logs
    secrets = PASSWORDS | {
        "the key of the tokens": (data / "caller.key").read_text().strip(),
        "the token of the archive": (data / TOKEN_FILE).read_text().strip(),
        "a caller": "0315550001",
    }
    given_in = {*tmp_path.glob("*.password"), data / "caller.key", data / TOKEN_FILE, calls}
    assert leaks(tmp_path, secrets, given_in, line.said) == []


def _passed(port: int) -> bool:
    text = (get(f"http://127.0.0.1:{port}/metrics") or b"").decode()
    found = re.search(
        r'^queuewatch_probe_last_timestamp_seconds{stage="webhook"} (\S+)$', text, re.MULTILINE
    )
    return found is not None and float(found[1]) > 0


CALLS = """leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome,caller
1,billing,2026-03-02T09:00:00Z,2026-03-02T09:00:12Z,,2026-03-02T09:03:00Z,answered,0315550001
2,billing,2026-03-02T09:01:00Z,2026-03-02T09:01:30Z,,2026-03-02T09:04:00Z,answered,0315550001
3,billing,2026-03-02T09:02:00Z,,2026-03-02T09:02:40Z,,abandoned,0315550001
"""
