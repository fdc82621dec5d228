"""The line between Kafka and the archive: `stream` and `archive` as processes, people's commands beside them."""

import csv
import io
import os
import subprocess
import time
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from schemas.queues_toml import parse_queues
from schemas.targets import Targets
from streams.admin.access import OPERATOR
from streams.admin.targets import publish
from streams.admin.topics import create_topics
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import free_ports
from tests.support import forked
from tests.support.forked import QUEUEWATCH
from tests.support.names import unique
from tests.support.secured import allow, config_of, options
from tests.support.services import ROOT, Server, get

PARTITIONS = 4
_WITHIN_S = 240

Row = dict[str, str]


class Line:
    """Topics of a namespace of its own with the targets of `queues`, the text of a queues.toml.

    As a context: `stream` and `archive` run and are ready; both are ended with it. Without
    `clickhouse` (an URL) the archive is the embedded one.
    """

    def __init__(
        self, bootstrap: str, folder: Path, queues: str, clickhouse: str | None = None,
        partitions: int = PARTITIONS,
    ) -> None:  # fmt: skip
        self.bootstrap = bootstrap
        self.namespace = unique("line") + "."
        self.folder = folder
        metrics, archive, self.query_port = free_ports(3)
        self.metrics_url = f"http://127.0.0.1:{metrics}/metrics"
        self.archive_url = f"http://127.0.0.1:{archive}/metrics"
        own = config_of(bootstrap, OPERATOR)
        self.environment = {
            **os.environ,
            "QUEUEWATCH_KAFKA": bootstrap,
            "QUEUEWATCH_NAMESPACE": self.namespace,
            "QUEUEWATCH_DATA": str(folder / "data"),
            "QUEUEWATCH_QUERY_PORT": str(self.query_port),
            **({"QUEUEWATCH_CLICKHOUSE": clickhouse} if clickhouse else {}),
            **({"QUEUEWATCH_KAFKA_CONFIG": str(own)} if own else {}),
        }
        file = parse_queues(queues, RULE_TABLES)
        self.targets: dict[str, Targets] = {each.queue: each for each in file.queues}
        now = time.time_ns() // 1_000_000
        allow(bootstrap, self.namespace)
        create_topics(bootstrap, self.namespace, now, partitions)
        publish(bootstrap, self.namespace, file, now)
        self.stream = self._server("stream", metrics)
        self.archive = self._server("archive", archive)

    def __enter__(self) -> Self:
        try:
            self.stream.start()
            self.archive.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.stop()
        self.archive.stop()

    def started(self, *arguments: str) -> "subprocess.Popen[str]":
        """A command that goes on while the caller does other things."""
        return subprocess.Popen(
            [QUEUEWATCH, *arguments], env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        """What a command printed that must succeed."""
        done = forked.run(arguments, self.environment, _WITHIN_S)
        said = f"{' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert done.returncode == 0, f"{said}\n{self.stream.log.read_text()[-3000:]}"
        return done.stdout

    def fails(self, *arguments: str) -> str:
        """What a command said that must end with exit code 1, without a traceback."""
        done = forked.run(arguments, self.environment, _WITHIN_S)
        said = done.stdout + done.stderr
        assert (done.returncode, "Traceback" in said) == (1, False), said[-2000:]
        return said

    def drain(self) -> None:
        print(self.run("drain", "--timeout", str(_WITHIN_S - 10)).strip())

    def history(self, *arguments: str) -> list[Row]:
        """The rows of a report."""
        text = self.run("history", *arguments, "--format", "csv")
        return list(csv.DictReader(io.StringIO(text)))

    def figures(self, series: str, label: str) -> dict[str, float]:
        """A series of the stream, summed by one of its labels; empty while it serves none."""
        text = (get(self.metrics_url, 30) or b"").decode()
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == series:
                    value = sample.labels[label]
                    found[value] = found.get(value, 0) + sample.value
        return found

    def applied(self) -> int:
        """Records that the stream has counted and committed."""
        return int(sum(self.figures("queuewatch_events_total", "topic").values()))

    def check_books(self, queues: Collection[str]) -> None:
        """These queues, and no others, have live books, and they balance. A back-fill moves none."""
        books = self.figures("callcentre_unexplained_legs", "queue")
        assert books == dict.fromkeys(queues, 0)

    def command(self, name: str, *arguments: str) -> list[str]:
        """Another process of the line, to be handed to a `Server`."""
        return [QUEUEWATCH, name, *options(self.bootstrap, name, self.namespace), *arguments]

    def _server(self, name: str, port: int) -> Server:
        # Servers inherit this process' environment, hence everything as options.
        arguments = ["--metrics-port", str(port)]
        if name == "archive":
            arguments += ["--data", self.environment["QUEUEWATCH_DATA"]]
            arguments += ["--query-port", self.environment["QUEUEWATCH_QUERY_PORT"]]
            if url := self.environment.get("QUEUEWATCH_CLICKHOUSE"):
                arguments += ["--clickhouse", url]
        url = f"http://127.0.0.1:{port}/healthz"
        return Server(
            name, self.command(name, *arguments), lambda: get(url) is not None,
            self.folder / f"{name}.log",
        )  # fmt: skip


def shipped_queues() -> str:
    """The queues.toml of the simulated municipality."""
    return (ROOT / "deploy" / "queues.toml").read_text()
