"""The systems that are measured beside ours: how each is started, and how many of the events it is given."""

import sys
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tests.bench.processes import cpu_s, peak_memory_mb
from tests.support.services import ROOT, Server
from tests.support.waiting import wait_until

INSTALLED = ROOT / "build" / "peers"
_PROGRAMS = ROOT / "tests" / "bench" / "peers" / "programs"
_LOCK = ROOT / "deploy" / "peers" / "requirements.lock"
_JARS = ROOT / "deploy" / "peers" / "jars.sha256"
_BEGINS_WITHIN_S = 120.0
_FIRST = b"first record"

Mode = Literal["backlog", "live"]


class System(Struct, frozen=True):
    """`share` of the events, the first ones: what it gets through within half a minute or so."""

    name: str
    package: str  # by which its version is found
    program: str
    share: float = 1.0


OURS = "queuewatch"
FLOOR = "loop that keeps nothing"
SYSTEMS = (
    System("Flink", "flink-streaming-java", "FlinkPeer"),
    System("Kafka Streams", "kafka-streams", "KafkaStreamsPeer", 1 / 30),
    System("Bytewax", "bytewax", "bytewax_peer.py", 1 / 10),
    System("Quix Streams", "quixstreams", "quix_peer.py", 1 / 60),
    System("Faust", "faust-streaming", "faust_peer.py", 1 / 600),
    System(FLOOR, "aiokafka", "loop_peer.py"),
)


class Peer:
    """One run of a system's program, in a process of its own with its state under `folder`; as a context it ends with it."""

    def __init__(self, system: System, hosts: str, topic: str, results: str, name: str, folder: Path, mode: Mode) -> None:  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        state = folder / "state"
        state.mkdir(exist_ok=True)
        self._log = folder / "log"
        command = [*_interpreter(system), hosts, topic, results, name, str(state), mode]
        self.server = Server(system.name, command, self.has_begun, self._log)

    def has_begun(self) -> bool:
        """Whether it has read its first record."""
        return _FIRST in self._log.read_bytes()

    def start(self) -> None:
        """Return when it has read its first record."""
        self.server.begin()
        wait_until(self._is_on, f"{self.server.name} reads", _BEGINS_WITHIN_S, every_s=0.02)

    def cpu_s(self) -> float:
        return cpu_s(self._pid)

    def peak_memory_mb(self) -> float:
        return peak_memory_mb(self._pid)

    @property
    def _pid(self) -> int:
        assert self.server._process is not None
        return self.server._process.pid

    def _is_on(self) -> bool:
        self.server.ensure_running()
        return self.has_begun()


def versions() -> dict[str, str]:
    """By system, as the locks have them."""
    pins = dict(
        line.split(" ")[0].split("==")
        for lock in (_LOCK, ROOT / "requirements.lock")
        for line in lock.read_text().splitlines()
        if "==" in line.split(" ")[0]
    )
    jars = [line.rpartition("/")[2].removesuffix(".jar") for line in _JARS.read_text().splitlines()]
    found = {}
    for system in SYSTEMS:
        jar = next((name for name in jars if name.startswith(f"{system.package}-")), "")
        found[system.name] = jar.removeprefix(f"{system.package}-") if jar else pins[system.package]
    return found


def _interpreter(system: System) -> list[str]:
    """Faust and the floor run on what we run on; the others on what was installed for the benchmark."""
    if not system.program.endswith(".py"):
        place = INSTALLED / ("flink" if system.name == "Flink" else "kafka-streams")
        options = ["-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        path = f"{place / 'classes'}:{place / 'libs'}/*"
        return ["java", *options, *_opens(), "-cp", path, system.program]
    own = system.package in {"faust-streaming", "aiokafka"}
    python = sys.executable if own else str(INSTALLED / "venv" / "bin" / "python")
    return [python, str(_PROGRAMS / system.program)]


def _opens() -> list[str]:
    """What Flink 1.20 asks of a Java 17, as its own start script does."""
    packages = ("lang", "lang.reflect", "net", "io", "nio", "text", "time", "util", "util.concurrent", "util.concurrent.atomic", "util.concurrent.locks")  # fmt: skip
    return [f"--add-opens=java.base/java.{each}=ALL-UNNAMED" for each in packages]
