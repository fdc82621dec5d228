"""Everything beside Kafka by TLS, with certificates, passwords and tokens: ClickHouse, Alertmanager, Prometheus, our own servers."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from msgspec import Struct

from streams.cli.main import cli
from streams.local.kafka import LocalKafka, free_port, free_ports
from tests.support import forked
from tests.support.documents import blocks, read
from tests.support.kafka_nodes import Certificates
from tests.support.names import unique
from tests.support.services import (
    ROOT,
    ClickHouse,
    Server,
    alertmanager,
    clickhouse,
    listens,
    program,
    prometheus,
)
from tests.support.waiting import wait_until

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))
OF_CLICKHOUSE, OF_US = "password-of-clickhouse-7f3a", "password-of-notify-7f3a"
# The second one as Alertmanager wants it: bcrypt, of the least rounds.
HASHED = "$2b$04$XVk3BX5/.F0F9DVJGOzlH.qDKneCIv.QI1k2EAdaIfUBGuAbLO7Oi"
CLICKHOUSE_TLS = """
  <tcp_port_secure>{port}</tcp_port_secure>
  <openSSL><server>
    <certificateFile>{certificate}</certificateFile><privateKeyFile>{key}</privateKeyFile>
    <caConfig>{ca}</caConfig><loadDefaultCAFile>false</loadDefaultCAFile>
    <verificationMode>strict</verificationMode>
    <disableProtocols>sslv2,sslv3</disableProtocols>
  </server></openSSL>
"""
QUEUES = (
    '[owners.desk]\ndeliver_file = "{urls}"\n[queues.billing]\nanswer_within = "20s"\ngoal = 0.8\n'
)
PROCESSES = ("stream", "archive", "notify", "deliver", "board")


class Secured(Struct, frozen=True):
    """A ClickHouse that wants a certificate and a password, and the files by which it is reached."""

    folder: Path
    certificates: Certificates
    database: ClickHouse
    port: int

    def file(self, name: str, *lines: str) -> Path:
        path = self.folder / f"{name}.properties"
        path.write_text("\n".join(lines) + "\n")
        return path

    def secret(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text + "\n")
        return path

    def shown(self, user: str) -> list[str]:
        certificate, key = self.certificates.of(user)
        return [f"ssl.certificate.location={certificate}", f"ssl.key.location={key}"]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("lines")
    certificates = Certificates.made(folder / "certificates")
    certificate, key = certificates.of("server")
    port = free_port()
    tls = CLICKHOUSE_TLS.format(port=port, certificate=certificate, key=key, ca=certificates.ca)
    database = clickhouse(folder / "clickhouse", tls, OF_CLICKHOUSE)
    with database.server:
        yield Secured(folder, certificates, database, port)


class Door:
    """Tries a command on that ClickHouse, with one thing changed."""

    def __init__(self, secured: Secured) -> None:
        self._secured = secured
        self.ca = [f"ssl.ca.location={secured.certificates.ca}"]
        self.shown = secured.shown("archive")
        self.word = ["password=" + OF_CLICKHOUSE]

    def tried(self, *lines: str, scheme: str = "clickhouses", port: int = 0, host: str = "") -> str:
        place = f"{scheme}://{host or '127.0.0.1'}:{port or self._secured.port}/doors"
        config = str(self._secured.file("door", *lines))
        command = ["tables", "migrate", "--clickhouse", place, "--clickhouse-config", config]
        done = CliRunner().invoke(cli, command)
        assert OF_CLICKHOUSE not in done.output
        assert done.output.count("\n") == 1 or not done.exit_code, done.output
        return done.output.partition(" refuses: ")[2].strip() if done.exit_code else done.stdout


def test_every_way_into_clickhouse_and_every_way_not_to_come_in(secured: Secured) -> None:
    door = Door(secured)
    ca, shown, word = door.ca, door.shown, door.word
    assert "tables ready" in door.tried(*ca, *shown, *word)
    said = door.tried(*shown, *word)
    assert said.startswith("ssl.ca.location: its certificate is not trusted: ")
    said = door.tried(*ca, *shown, *word, host="127.1")
    assert said.startswith("its certificate is of another name than 127.1: ")
    assert said.endswith("(--clickhouse)")
    assert door.tried(*ca, *word).startswith("ssl.certificate.location: ")
    wrong = "password (--clickhouse-config) or the user: "
    assert door.tried(*ca, *shown, "password=wrong").startswith(wrong)
    assert door.tried(*ca, *shown).startswith(wrong)
    said = door.tried(*word, scheme="clickhouse")
    assert said == "it speaks TLS on this port: write clickhouses://… (--clickhouse)"
    said = door.tried(*ca, *shown, *word, port=secured.database.tcp_port)
    assert said == ("it speaks no TLS on this port: another port, or clickhouse://… (--clickhouse)")
    off = [*shown, *word, *ca, "ssl.endpoint.identification.algorithm=none"]
    assert "tables ready" in door.tried(*off, host="127.1")


def test_a_password_on_the_command_line_is_refused() -> None:
    place = f"clickhouse://ann:{OF_CLICKHOUSE}@127.0.0.1:1/doors"
    done = CliRunner().invoke(cli, ["tables", "check", "--clickhouse", place])
    assert (done.exit_code, OF_CLICKHOUSE in done.output) == (2, False)
    assert "password.file in --clickhouse-config FILE" in done.output


class Line:
    """Processes of ours, each with a certificate and a password of its own server."""

    def __init__(self, secured: Secured, kafka: str) -> None:
        self._secured = secured
        self._place = ["--kafka", kafka, "--namespace", unique("lines") + "."]
        certificate, key = secured.certificates.of("ours")
        self.own = ["--tls-certificate", str(certificate), "--tls-key", str(key)]
        self.word = secured.secret("word", OF_US)
        self.credentials = secured.file(
            "credentials", "basic.username=queuewatch", f"basic.password.file={self.word}"
        )
        self.client = secured.file(
            "client", f"ssl.ca.location={secured.certificates.ca}",
            "basic.username=queuewatch", f"basic.password.file={self.word}",
        )  # fmt: skip
        self.servers: list[Server] = []

    def start(self, name: str, port: int, *arguments: str) -> None:
        command = [QUEUEWATCH, name, *self._place, *self.own, "--metrics-port", str(port)]
        if name != "board":  # people log in there, not programs
            command += ["--credentials-file", str(self.credentials)]
        command += arguments
        log = self._secured.folder / f"{name}.log"
        server = Server(name, command, lambda: listens(port), log)
        self.servers.append(server)
        server.begin()

    def run(self, *arguments: str, with_place: bool = True) -> "subprocess.CompletedProcess[str]":
        return forked.run([*arguments, *(self._place if with_place else [])], os.environ, 120)

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()


@pytest.fixture
def line(secured: Secured, kafka: LocalKafka) -> Iterator[Line]:
    made = Line(secured, kafka.place.bootstrap)
    try:
        yield made
    finally:
        made.stop()


def scraping(ports: dict[str, int], ca: Path, word: Path) -> str:
    """The example of the operator's page, for every process, with the places of this test."""
    (example,) = (
        text for text in blocks(read(ROOT / "docs/operator.md"), "yaml") if "password_file" in text
    )
    for there, here in (
        ("/etc/queuewatch/ca.pem", ca),
        ("/etc/prometheus/queuewatch.password", word),
    ):
        assert there in example
        example = example.replace(there, str(here))
    head, _, job = example.partition("  - job_name: stream\n")
    jobs = (
        f"  - job_name: {name}\n" + job.replace("stream.example.org:9101", f"127.0.0.1:{port}")
        for name, port in ports.items()
    )
    return "global: {scrape_interval: 1s}\n" + head + "".join(jobs)


def test_a_probe_goes_by_tls_and_prometheus_scrapes_with_a_password(
    secured: Secured, line: Line, tmp_path: Path
) -> None:
    ports = dict(zip(PROCESSES, free_ports(5), strict=True))
    board, deliver = free_ports(2)
    at_notify, at_deliver = (f"https://127.0.0.1:{port}" for port in (ports["notify"], deliver))
    ca, client = secured.certificates.ca, str(line.client)
    assert line.run("topics", "create").returncode == 0
    routes, queues, urls = (tmp_path / name for name in ("routes.yml", "queues.toml", "desk.urls"))
    urls.write_text("json://127.0.0.1:1/\n")
    queues.write_text(QUEUES.format(urls=urls))
    done = line.run(
        "alerts", "routes", str(queues), "--out", str(routes), "--notify", at_notify,
        "--notify-config", client, "--deliver", at_deliver, "--deliver-config", client,
        with_place=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    certificate, key = secured.certificates.of("alertmanager")
    web = tmp_path / "web.yml"
    web.write_text(
        f"tls_server_config: {{cert_file: {certificate}, key_file: {key}}}\n"
        f"basic_auth_users: {{queuewatch: '{HASHED}'}}\n"
    )
    pager = alertmanager(tmp_path / "pager", routes.read_text(), web)
    scrapes = scraping(ports, ca, line.word)
    (tmp_path / "scrapes.yml").write_text(scrapes)
    promtool = [program("promtool", "prometheus"), "check", "config"]
    subprocess.run([*promtool, tmp_path / "scrapes.yml"], check=True, capture_output=True)
    watcher = prometheus(tmp_path / "prometheus", scrapes)
    database = secured.file(
        "archive", *secured.shown("archive"), f"ssl.ca.location={ca}",
        f"password.file={secured.secret('database-word', OF_CLICKHOUSE)}",
    )  # fmt: skip
    at_pager = ["--alertmanager", pager.url, "--alertmanager-config"]
    with pager.server, watcher.server:
        # Who is not let in is told so at once, and of what: nobody waits for nothing.
        unknown = secured.file("unknown", f"ssl.ca.location={ca}", "bearer.token=wrong-7f3a")
        refused = line.run("notify", *at_pager, str(unknown))
        assert (refused.returncode, refused.stderr.count("wrong-7f3a")) == (1, 0)
        assert refused.stderr.splitlines()[-1] == (
            f"queuewatch: alertmanager at {pager.url} refuses:"
            " bearer.token: it answers 401 (--alertmanager-config)"
        )
        for name, arguments in {
            "stream": [],
            "archive": ["--data", str(tmp_path / "data"), "--clickhouse-config", str(database),
                        "--clickhouse", f"clickhouses://127.0.0.1:{secured.port}/line"],
            "notify": [*at_pager, client],
            "deliver": ["--queues", str(queues), "--port", str(deliver), "--notify", at_notify,
                        "--notify-config", client],
            "board": ["--port", str(board)],
        }.items():  # fmt: skip
            line.start(name, ports[name], *arguments)
        for server in line.servers:
            server.wait_until_ready()

        def asked(promql: str) -> list[dict[str, str]]:
            return [each["metric"] for each in watcher.query(promql)]

        wait_until(lambda: len(asked("queuewatch_ready == 1")) == 5, "all are ready, and scraped")
        trial = ["alerts", "test", "desk", "--deliver", at_deliver]
        said = line.run(*trial, "--deliver-config", client, with_place=False).stderr
        assert (
            "desk: 1 of 1 got nothing" in said
        )  # deliver let us in; nobody listens at the address
        said = line.run(*trial, with_place=False).stderr
        assert "refuses: ssl.ca.location: its certificate is not trusted" in said
        context = ssl.create_default_context(cafile=str(ca))
        with urlopen(f"https://127.0.0.1:{board}/", context=context) as page:
            assert page.status == 200
        webhook = 'queuewatch_probe_last_timestamp_seconds{stage="webhook"}'
        wait_until(lambda: asked(webhook), "a probe comes back", 180)
        servers = {
            ("archive", "clickhouse", f"127.0.0.1:{secured.port}"),
            ("notify", "alertmanager", urlsplit(pager.url).netloc),
            ("deliver", "notify", urlsplit(at_notify).netloc),
        }
        wait_until(
            lambda: (
                {
                    (each["job"], each["connection"], each["server"])
                    for each in asked(
                        'queuewatch_certificate_expires_timestamp_seconds{server!=""} > time()'
                    )
                }
                == servers
            ),
            "each server was asked when its certificate ends",
        )
        ends = asked("queuewatch_certificate_expires_timestamp_seconds > time()")
    used = {(each["job"], each["connection"]) for each in ends}
    assert used == {(name, "server") for name in PROCESSES} | {
        ("archive", "clickhouse"), ("notify", "alertmanager"), ("deliver", "notify"),
    }  # fmt: skip
    line.stop()
    logs = [*secured.folder.glob("*.log"), *tmp_path.rglob("*.log")]
    assert len(logs) >= len(PROCESSES)
    for log in logs:
        assert not [word for word in (OF_CLICKHOUSE, OF_US) if word in log.read_text()], log
    assert OF_US not in routes.read_text()
