"""`queuewatch up` as people run it: a process of its own, on ports of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from streams.local.kafka import free_ports
from streams.local.leftovers import identity
from tests.support.services import get, started
from tests.support.waiting import wait_until

QUEUEWATCH = Path(sys.executable).with_name("queuewatch")
READY_WITHIN_S = 180.0
PORTS = (
    "board", "metrics", "archive-metrics", "query", "notify-metrics", "kafka", "prometheus",
    "alertmanager", "deliver", "deliver-metrics", "reports-metrics",
)  # fmt: skip


class Up:
    """One local system. `options` are handed to every start; the data and the ports stay the same."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.output = data.with_name(f"{data.name}.out")
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.ports['kafka']}"

    @property
    def board(self) -> str:
        return f"http://127.0.0.1:{self.ports['board']}"

    @property
    def arguments(self) -> list[str]:
        ports = [part for name, n in self.ports.items() for part in (f"--{name}-port", str(n))]
        return [str(QUEUEWATCH), "up", "--data", str(self.data), *ports, *self._options]

    def start(self) -> Self:
        """Return when the board says that everything is ready."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                self.arguments, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            wait_until(self._ready, "up is ready", READY_WITHIN_S)
        except BaseException:  # nobody else would: `with` ends only what it has begun
            self.__exit__()
            raise
        started.append(("up", time.monotonic() - began))
        return self

    def run(self, *arguments: str, within_s: float = 300.0) -> subprocess.CompletedProcess[str]:
        """Another command beside it, told where Kafka and the data are."""
        environment = {
            **os.environ,
            "QUEUEWATCH_KAFKA": self.bootstrap,
            "QUEUEWATCH_DATA": str(self.data),
            "QUEUEWATCH_QUERY_PORT": str(self.ports["query"]),
        }
        return subprocess.run(
            [str(QUEUEWATCH), *arguments], env=environment, capture_output=True, text=True,
            timeout=within_s, check=False,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """Name and pid of every child that is noted now."""
        notes = (self.data / "run").glob("*.json")
        return {note.stem: json.loads(note.read_text())["pid"] for note in notes}

    def stop(self) -> int:
        """Ctrl-C; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(90)

    def kill(self) -> None:
        """`kill -9`, of `up` alone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"up ended: {self.said()}"
        return get(f"{self.board}/healthz") is not None and "ready after" in self.said()


def alive(pids: list[int]) -> list[int]:
    """Those that still run."""
    return [pid for pid in pids if identity(pid) is not None]
