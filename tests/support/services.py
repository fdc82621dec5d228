"""Real servers for tests: Kafka, ClickHouse, Prometheus, Alertmanager, and a webhook that listens.

Each is a child process with its own data under a temporary folder and its own ports on loopback; none
is a service of the machine. `started` keeps how long each took, for the summary of the run.
"""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.local.children import dies_with_parent
from streams.local.kafka import LocalKafka, free_port, free_ports, spawn
from streams.local.kafka_place import HOST, KafkaPlace
from tests.support.forked import Forked, popen
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
KAFKA_LIBS = ROOT / "build" / "kafka" / "libs"

# A start takes 3 s on an idle machine and a minute where thirty programs want two cores; all tests of the run need it.
KAFKA_READY_WITHIN_S = 240.0

started: list[tuple[str, float]] = []


class Server:
    """One child process: `start` waits until it is ready; `stop` and `kill` end it; both may repeat."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        ready: Callable[[], bool],
        log: Path,
        user: str | None = None,
    ) -> None:
        """`user`: the process is his; None: ours."""
        self.name = name
        self.log = log
        self._user = user
        self._command = command
        self._ready = ready
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._began = 0.0

    def start(self) -> Self:
        self.begin()
        self.wait_until_ready()
        return self

    def begin(self) -> None:
        """Start without waiting, so that several start at the same time."""
        self._began = time.monotonic()
        with self.log.open("ab") as log:
            if self._user is None and (begun := popen(self._command, log, cwd=self.log.parent)):
                self._process = begun
                return
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
                start_new_session=True,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                preexec_fn=dies_with_parent(),  # noqa: PLW1509  it calls prctl only
            )

    def wait_until_ready(self) -> None:
        wait_until(self._is_ready, f"{self.name} is ready")
        started.append((self.name, time.monotonic() - self._began))

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_tended(self) -> bool:
        """As a process manager: started again if it has ended; whether it is ready."""
        if self._process is not None and self._process.poll() is not None:
            self.begin()
        return self._ready()

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """As a crash: `kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def ensure_running(self) -> None:
        """AssertionError with the end of its log where it has ended: nobody need wait for it then."""
        assert self._process is not None
        code = self._process.poll()
        assert code is None, f"{self.name} ended with code {code}: {self.log.read_text()[-2000:]}"

    def _is_ready(self) -> bool:
        self.ensure_running()
        return self._ready()


def get(url: str, timeout_s: float = 5.0) -> bytes | None:
    """The body of a 200, else None."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as answer:
            body: bytes = answer.read()
            return body
    except OSError:  # URLError and HTTPError are OSErrors too
        return None


def listens(port: int) -> bool:
    """Whether a port of loopback takes connections."""
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def program(name: str, package: str) -> str:
    """The path of a server's program. A test that needs a missing one fails; it is never left out."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is missing: run `make test` as root, or apt-get install {package}"
    return found


def start_kafka(folder: Path, within_s: float = KAFKA_READY_WITHIN_S) -> LocalKafka:
    """A broker of its own under `folder`, ready to serve. `place.bootstrap` is its address."""
    began = time.monotonic()
    broker = spawn(KafkaPlace(folder, KAFKA_LIBS, *free_ports(2)))
    broker.wait_until_ready(within_s)
    started.append(("kafka", time.monotonic() - began))
    return broker


@dataclass(frozen=True, slots=True)
class ClickHouse:
    server: Server
    http_port: int
    tcp_port: int
    host: str = HOST

    def drop(self, database: str) -> None:
        """If it is there. The server goes on looking after each table that it has: a few dozen databases are a load of their own."""
        statement = f"DROP DATABASE IF EXISTS {database}".encode()
        with urllib.request.urlopen(f"http://{self.host}:{self.http_port}/", statement, 60):
            pass


def clickhouse(folder: Path, further: str = "", password: str = "") -> ClickHouse:
    """Debian's server, configured but not yet started: user `default`, loopback only; `further` is XML of its own."""
    found = program("clickhouse-server", "clickhouse-server")
    folder.mkdir(parents=True, exist_ok=True)
    http_port, tcp_port = free_ports(2)
    config = folder / "config.xml"
    config.write_text(
        _CLICKHOUSE.format(folder=folder, http=http_port, tcp=tcp_port, host=HOST, further=further)
    )
    (folder / "users.xml").write_text(_CLICKHOUSE_USERS.format(password=password))
    command = [found, f"--config-file={config}"]
    url = f"http://{HOST}:{http_port}/ping"
    server = Server(
        "clickhouse-server", command, lambda: get(url) == b"Ok.\n", folder / "server.log"
    )
    return ClickHouse(server, http_port, tcp_port)


@dataclass(frozen=True, slots=True)
class Prometheus:
    server: Server
    url: str

    def query(self, promql: str, at_s: float | None = None) -> list[dict[str, Any]]:
        """The result vector of an instant query, now or at that time; fails with the server's words if it refuses it."""
        asked = {"query": promql} | ({} if at_s is None else {"time": f"{at_s:.3f}"})
        url = f"{self.url}/api/v1/query?" + urllib.parse.urlencode(asked)
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
                return result
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{promql}: {error.read().decode()}") from error


def prometheus(folder: Path, config: str) -> Prometheus:
    """A Prometheus with this configuration text, not yet started. Rule files: absolute paths."""
    found = program("prometheus", "prometheus")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config)
    url = f"http://{HOST}:{(port := free_port())}"
    command = [
        found,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=10y",  # data of tests may be of any day
        f"--web.listen-address={HOST}:{port}",
        "--log.level=warn",
    ]
    server = Server(
        "prometheus", command, lambda: get(f"{url}/-/ready") is not None, folder / "server.log"
    )
    return Prometheus(server, url)


@dataclass(frozen=True, slots=True)
class Alertmanager:
    server: Server
    url: str

    def post(self, alerts: list[dict[str, Any]]) -> None:
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            data=json.dumps(alerts).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


def alertmanager(folder: Path, config: str, web_config: Path | None = None) -> Alertmanager:
    """An Alertmanager with this configuration text, not yet started; with `web_config` it is ready when it listens."""
    found = program("prometheus-alertmanager", "prometheus-alertmanager")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text(config)
    url = f"http://{HOST}:{(port := free_port())}"
    command = [
        found,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",  # alone: it would wait for peers to settle
        "--log.level=warn",
    ]
    if web_config is not None:
        command.append(f"--web.config.file={web_config}")
        url = url.replace("http:", "https:")

    def ready() -> bool:
        return get(f"{url}/-/ready") is not None if web_config is None else listens(port)

    return Alertmanager(Server("alertmanager", command, ready, folder / "server.log"), url)


@dataclass(slots=True)
class Webhook:
    """A receiver on loopback that remembers the JSON of every post, in order of arrival.

    While `answers` is cleared, posts arrive and are not answered.
    """

    posts: list[dict[str, Any]] = field(default_factory=list)
    arrived_at: list[int] = field(default_factory=list)  # of each post, ms of the wall clock
    url: str = ""
    port: int = 0
    answers: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        posts, arrived_at, answers = self.posts, self.arrived_at, self.answers
        answers.set()
        one_by_one = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                post = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with one_by_one:
                    arrived_at.append(time.time_ns() // 1_000_000)
                    posts.append(post)
                answers.wait()
                with contextlib.suppress(OSError):  # who asked may be gone
                    self.send_response(200)
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
                pass

        self._server = ThreadingHTTPServer((HOST, self.port), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    _server: ThreadingHTTPServer = field(init=False, repr=False)
    _thread: threading.Thread = field(init=False, repr=False)

    def wait_for(
        self, wanted: Callable[[dict[str, Any]], bool], what: str, within_s: float = 60.0
    ) -> dict[str, Any]:
        """The first post that `wanted` accepts, already here or still to come."""
        return (
            wait_until(lambda: next(filter(wanted, list(self.posts)), None), what, within_s) or {}
        )


_CLICKHOUSE = """<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>{host}</listen_host>
  <http_port>{http}</http_port>
  <tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <user_files_path>{folder}/user_files/</user_files_path>
  <format_schema_path>{folder}/format_schemas/</format_schema_path>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>67108864</mark_cache_size>
  {further}
</yandex>
"""

_CLICKHOUSE_USERS = """<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
  <users>
    <default>
      <password>{password}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
  <quotas><default></default></quotas>
</yandex>
"""
