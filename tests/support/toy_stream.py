"""A stream of toy units on a real Kafka: records sent in, outputs read back, workers to be tormented."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from streams.admin.broker import read_whole
from streams.admin.topics import create_topics
from streams.local.children import dies_with_parent
from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from tests.support.services import ROOT, get
from tests.support.waiting import wait_until

PARTITIONS = 4
KEYS = 40
SESSION_S = 6.0  # the broker of the tests takes sessions from 1 s on; the product's is 10 s


class ToyWorker:
    """One worker process; `start` may be called again after it ended."""

    def __init__(self, bootstrap: str, namespace: str, name: str, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._arguments = [bootstrap, namespace, name]
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self, port: int | None = None) -> None:
        self._port = port or free_port()
        command = [sys.executable, "-m", "tests.support.toy_worker", *self._arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._port), str(SESSION_S)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                preexec_fn=dies_with_parent(),  # noqa: PLW1509  it calls prctl only
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ends(self, within_s: float = 60.0) -> int:
        return self.process.wait(within_s)

    def health(self) -> dict[str, Any]:
        """The health record once the worker applies events, else empty."""
        found: dict[str, Any] = json.loads(get(f"http://{HOST}:{self._port}/healthz") or "{}")
        return found

    def wait_until_ready(self) -> dict[str, Any]:
        return wait_until(self._ready, f"{self.name} is ready")

    def said(self) -> str:
        return self.log.read_text()

    def _ready(self) -> dict[str, Any]:
        code = self.process.poll()
        assert code is None, f"{self.name} ended with code {code}: {self.said()[-3000:]}"
        return self.health()


class ToyStream:
    """Topics of a namespace of its own, what was sent into them, and the workers on them."""

    def __init__(self, bootstrap: str, namespace: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self.namespace = namespace
        self.sent = 0
        self.workers: list[ToyWorker] = []
        self._folder = folder
        create_topics(bootstrap, namespace, int(time.time() * 1000), PARTITIONS)

    def worker(self, name: str) -> ToyWorker:
        worker = ToyWorker(self.bootstrap, self.namespace, name, self._folder)
        self.workers.append(worker)
        return worker

    def started(self, name: str) -> ToyWorker:
        worker = self.worker(name)
        worker.start()
        worker.wait_until_ready()
        return worker

    def send(self, records: int) -> None:
        """Numbered records, one in five of them to `agents`; all delivered when this returns."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, linger_ms=5)
        for _ in range(records):
            key = self.sent % KEYS
            producer.send(
                self.namespace + ("agents" if self.sent % 5 == 0 else "calls"),
                key=b"q%d" % key,
                value=b"%d" % self.sent,
                partition=key % PARTITIONS,
            )
            self.sent += 1
        producer.flush()
        producer.close()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Some thousand records a second for as long as the block takes."""
        ended = threading.Event()

        def send() -> None:
            while not ended.wait(0.1):
                self.send(200)

        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def outputs(self) -> Counter[int]:
        """How often each number came out, by committed records."""
        records = [
            record
            for topic in ("legs", "spells")
            for record in read_whole(self.bootstrap, self.namespace + topic)
        ]
        return Counter(int(record.value or b"-1") for record in records)

    def wait_for_outputs(self, records: int) -> None:
        wait_until(
            lambda: sum(self.outputs().values()) >= records, f"{records} outputs", every_s=0.3
        )

    def check(self) -> None:
        """Every number came out exactly once, and nothing else."""
        self.wait_for_outputs(self.sent)
        outputs = self.outputs()
        repeated = {number: times for number, times in outputs.items() if times > 1}
        assert not repeated, f"{len(repeated)} numbers came out more than once: {repeated!r:.300}"
        assert sorted(outputs) == list(range(self.sent))

    def end(self) -> None:
        for worker in self.workers:
            if worker._process is not None and worker.process.poll() is None:
                worker.kill()
