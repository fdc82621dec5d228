"""A whole line to be tormented: workers and archive as processes, and whoever starts them again."""

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kafka import KafkaProducer

from producers.publisher import Publisher
from schemas.agents import AgentState
from schemas.calls import EndOfInput, LegFact
from schemas.queues_toml import parse_queues
from streams.admin.drain import drain
from streams.admin.targets import publish
from streams.admin.topics import create_topics
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.children import dies_with_parent
from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from streams.plumbing.kafka_security import in_use
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.driver import ServerDatabase
from tests.chaos.scale import SCALE
from tests.support.forked import MAIN, Forked, popen
from tests.support.names import unique
from tests.support.secured import allow, options
from tests.support.services import ROOT, ClickHouse, get
from tests.support.waiting import wait_until

DEFAULTS = (
    '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n'
)
QUEUE = """[queues.{0}]
[queues.{0}.alerts.oldest_wait]
raise_above = "60s"
clear_below = "30s"
clear_hold = "5s"
"""
Value = TypeVar("Value")


class Process:
    """A process that is meant to run; `System.tend` starts it again when it ends by itself."""

    def __init__(self, name: str, port: int, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.port = port
        self.command = list(command)
        self.log = log
        self.wanted = False
        self.exits: list[int] = []  # of those that nobody asked for
        self._process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | Forked:
        assert self._process is not None
        return self._process

    def start(self, command: Sequence[str] | None = None) -> None:
        """Does not wait; `command` in place of its own, for this once."""
        self.wanted = True
        with self.log.open("ab") as log:
            if begun := popen(command or self.command, log, cwd=ROOT):
                self._process = begun
                return
            self._process = subprocess.Popen(
                command or self.command, stdin=subprocess.DEVNULL, stdout=log, cwd=ROOT,
                stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=dies_with_parent(),  # noqa: PLW1509  it calls prctl only
            )  # fmt: skip

    def tend(self) -> None:
        """As a process manager: whoever ended starts again, whatever the exit code."""
        if self.wanted and (code := self.process.poll()) is not None:
            self.exits.append(code)
            self.start()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """`kill -9`; it stays away until it is started again."""
        self.wanted = False
        if self._process is not None:
            self.process.kill()
            self.process.wait()

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        self.wanted = False
        self.signal(signal.SIGTERM)
        return self.process.wait(60)

    def get(self, path: str, timeout_s: float = 5.0) -> str | None:
        """The body of a 200, else None."""
        body = get(f"http://{HOST}:{self.port}{path}", timeout_s)
        return None if body is None else body.decode()

    def is_ready(self) -> bool:
        return self.get("/healthz") is not None

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class System:
    """Topics of a namespace of its own, a database of its own, and the processes between them."""

    def __init__(self, bootstrap: str, database: ClickHouse, folder: Path, partitions: int) -> None:
        self.bootstrap = bootstrap
        self._database = database
        self.namespace = unique("chaos") + "."
        self.partitions = partitions
        self.address = ServerAddress(
            database.host, database.tcp_port, "default", "", unique("chaos")
        )
        self.workers: list[Process] = []
        self._steady: Process | None = None
        self._folder = folder
        names = [f"q{number:03}" for number in range(SCALE.queues)]
        file = parse_queues(DEFAULTS + "".join(QUEUE.format(name) for name in names), RULE_TABLES)
        self._names = iter(names)
        now = time.time_ns() // 1_000_000
        allow(bootstrap, self.namespace)
        self.epoch = create_topics(bootstrap, self.namespace, now, partitions).epoch
        publish(bootstrap, self.namespace, file, now)
        self.archive = self.process("archive", "archive-1")
        self._publisher: Publisher | None = None

    def process(self, kind: str, instance: str, *options: str) -> Process:
        """`stream` or `archive`, not yet started."""
        port = free_port()
        arguments = [kind, *self.place(kind), "--instance", instance, "--metrics-port", str(port)]
        if kind == "archive":
            url = f"clickhouse://default@{self.address.host}:{self.address.port}"
            arguments += ["--clickhouse", f"{url}/{self.address.database}"]
            arguments += ["--data", str(self._folder / "data")]
        command = [sys.executable, "-c", MAIN, *arguments, *options]
        return Process(instance, port, command, self._folder / f"{self.namespace}{instance}.log")

    def place(self, user: str) -> list[str]:
        """How a process of that user finds its topics."""
        return options(self.bootstrap, user, self.namespace)

    def worker(self, instance: str, *options: str) -> Process:
        """A worker that runs, ready or not; the steady one makes way for it."""
        if self.is_steady():
            self.workers.pop().terminate()
        worker = self.process("stream", instance, *SCALE.worker_options, *options)
        self.workers.append(worker)
        worker.start()
        return worker

    def steady(self) -> Process:
        """One plain worker, kept from case to case."""
        if not self.is_steady():
            for worker in self.workers:
                worker.kill()
            self.workers.clear()
            self._steady = self.worker("w1")
        return self.workers[0]

    def is_steady(self) -> bool:
        return self.workers == [self._steady] and self._steady is not None

    def remove(self, worker: Process) -> None:
        """It leaves for good, with its last checkpoint."""
        worker.terminate()
        self.workers.remove(worker)

    def queues(self, count: int = 2) -> list[str]:
        """Queues that no other case of this system uses."""
        return list(itertools.islice(self._names, count))

    # ---- sending -----------------------------------------------------------------------------

    @property
    def publisher(self) -> Publisher:
        if self._publisher is None:
            self._publisher = Publisher(self.bootstrap, self.namespace, answer_within_s=30)
        return self._publisher

    def send(self, events: Iterable[LegFact | AgentState]) -> None:
        """All delivered when this returns."""
        for event in events:
            if isinstance(event, AgentState):
                self.publisher.send_agent(event)
            else:
                self.publisher.send_call(event)
        self.publisher.flush()

    def end_of_input(self, source: str, at: int) -> None:
        """The source has told everything: the queue's clock no longer waits for it."""
        mark = EndOfInput(event_id=f"{source}-end-{at}", at=at, source=source)
        self.publisher.send_mark("calls", mark)
        self.publisher.flush()

    def raw(self, topic: str, key: bytes, *values: bytes, partition: int | None = None) -> None:
        """Bytes as they are, past everything that would check them."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, **in_use().for_kafka_python())
        for value in values:
            producer.send(self.namespace + topic, value, key, partition=partition)
        producer.flush()
        producer.close()

    # ---- waiting -----------------------------------------------------------------------------

    def tend(self) -> None:
        for process in (*self.workers, self.archive):
            process.tend()

    def until(
        self, condition: Callable[[], Value], what: str, within_s: float = SCALE.within_s
    ) -> Value:
        """As wait_until, while whoever ended is started again."""

        def tended() -> Value:
            self.tend()
            return condition()

        return wait_until(tended, what, within_s)

    def ready(self) -> None:
        """Every worker applies events, and the archive takes rows."""
        for process in (*self.workers, self.archive):
            self.until(process.is_ready, f"{process.name} is ready")

    def drained(self) -> None:
        """Everything that was sent is counted and archived."""
        late = drain(
            self.bootstrap, self.namespace, SCALE.within_s, lambda _reader, _behind: self.tend()
        )
        logs = "\n".join(each.said()[-1500:] for each in (*self.workers, self.archive))
        assert late is None, f"{late}\n{logs}"

    @contextmanager
    def reader(self) -> Iterator[ServerDatabase]:
        database = ServerDatabase(self.address)
        try:
            yield database
        finally:
            database.close()

    def end(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
        for process in (*self.workers, self.archive):
            if process.wanted:
                process.kill()
        # A case that ended its database has nothing to give back.
        if self._database.server.is_running():
            self._database.drop(self.address.database)
