"""A single-node Kafka (KRaft) on this machine, started as a child process.

`spawn` checks, formats the storage once and starts the broker; `wait_until_ready` returns when it
serves; `stop` ends it. All files are in one data directory; the log is `kafka.log`.
"""

import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from streams.local.children import dies_with_parent
from streams.local.kafka_place import HOST, KafkaPlace, new_cluster_id, server_properties
from streams.plumbing.ports import PortTakenError, check_port

INSTEAD = "or use a broker of your own: --kafka HOST:PORT"
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 20.0

_DYING_WITHIN_S = 3.0
_POLL_S = 0.1
# One collector thread is enough for one machine; the heap also holds the buffer of the log cleaner.
# A heap that begins small and gives back what is free: a quiet night needs 60 MB of it.
_JVM = (
    "-Xms64m", "-Xmx512m", "-XX:MinHeapFreeRatio=15", "-XX:MaxHeapFreeRatio=40", "-XX:+UseSerialGC", "-Xshare:auto",
    "-Djava.awt.headless=true",
)  # fmt: skip
# Only the first of Java's two compilers: a tool that runs for a second does not gain from the second.
_SHORT_JVM = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
)


class LocalKafkaError(Exception):
    """The message is one line for the operator: what is wrong, and which option or command helps."""


def free_port() -> int:
    """A port on loopback that is free now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """`count` different free ports; asked for one by one, the same port was sometimes given twice."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


class LocalKafka:
    """The running child process; `process.poll()` is None while it runs."""

    def __init__(self, place: KafkaPlace, process: subprocess.Popen[bytes]) -> None:
        self.place = place
        self.process = process

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return once the broker serves clients; LocalKafkaError with the end of its log if it does not."""
        deadline = time.monotonic() + within_s
        while not serves(self.place.port):
            if self.process.poll() is not None:
                code = self.process.returncode
                raise LocalKafkaError(f"Kafka ended with code {code}: {log_end(self.place.log)}")
            if time.monotonic() > deadline:
                words = log_end(self.place.log)
                raise LocalKafkaError(f"Kafka did not answer within {within_s:g} s: {words}")
            time.sleep(0.05)

    def stop(self, within_s: float = STOPPED_WITHIN_S) -> None:
        """Send SIGTERM, and SIGKILL after `within_s`; does nothing if it has ended already."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def spawn(place: KafkaPlace, *jvm: str) -> LocalKafka:
    """Start the broker as a child; call it from the main thread (see streams.local.children).

    `jvm`: options of Java in place of the classes that `make setup` has read.
    """
    java = _java()
    _check_libs(place.libs)
    for port, option in ((place.port, "--kafka-port"), (place.controller_port, "controller port")):
        try:
            check_port(HOST, port, option)
        except PortTakenError as error:
            raise LocalKafkaError(str(error)) from None
    with _claimed(place) as lock, _prepared(place, java) as log:
        process = subprocess.Popen(
            [
                java,
                *_JVM,
                *(jvm or read_classes(place.libs)),
                *_LOGGING,
                *_main("kafka.Kafka", place),
                str(place.properties),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the whole session of a terminal; the broker must be the last to stop.
            start_new_session=True,
            # The broker inherits the lock, so it is held as long as the broker runs, even without us.
            pass_fds=(lock.fileno(),),
            preexec_fn=dies_with_parent(),  # noqa: PLW1509  it only calls prctl, loaded before
        )
    return LocalKafka(place, process)


def read_classes(libs: Path) -> tuple[str, ...]:
    """The option by which Java takes Kafka's classes as they were read once: reading them is a third of what a start costs.

    Where they are not there, or of another Java or other jars, they are read from the jars.
    """
    classes = classes_of(libs)
    return (f"-XX:SharedArchiveFile={classes}",) if classes.exists() else ()


def classes_of(libs: Path) -> Path:
    """Where deploy/setup/kafka_classes.py puts them."""
    return libs.with_name("classes.jsa")


def serves(port: int, timeout_s: float = 1.0) -> bool:
    """Whether the broker on this port lists at least one broker that takes requests.

    It sends a raw Metadata request, version 1, for no topics. An open port is not enough: a node that
    is still fenced answers too, but refuses to create topics.
    """
    body = struct.pack(">hhihi", 3, 1, 1, -1, 0)
    try:
        with socket.create_connection((HOST, port), timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.makefile("rb").read(12)
    except OSError:
        return False
    return len(answer) == 12 and struct.unpack(">iii", answer)[2] > 0  # noqa: PLR2004  three int32


def log_end(log: Path, lines: int = 12) -> str:
    """The last lines of the log, with its path."""
    try:
        text = log.read_text(errors="replace").splitlines()
    except OSError:
        text = []
    tail = "\n  ".join(text[-lines:]) or "(it said nothing)"
    return f"see {log}, which ends with:\n  {tail}"


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise LocalKafkaError(
            f"java not found: install Java 17 (Debian: openjdk-17-jre-headless), {INSTEAD}"
        )
    return java


def _check_libs(libs: Path) -> None:
    if not any(libs.glob("kafka-server-*.jar")):
        raise LocalKafkaError(f"no jars of Kafka in {libs}: run `make setup`, {INSTEAD}")


def _main(main_class: str, place: KafkaPlace) -> tuple[str, str, str]:
    return ("-cp", f"{place.libs}{os.sep}*", main_class)


def _claimed(place: KafkaPlace) -> BinaryIO:
    """An open file that holds the lock of the data directory.

    Kafka's own lock comes too late: a second KRaft node appends to the metadata of the first one before
    it finds the logs locked.
    """
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        lock = (place.data / "kafka.lock").open("ab")
    except OSError as error:
        raise _not_writable(place, error) from None
    deadline = time.monotonic() + _DYING_WITHIN_S
    while not _locked(lock):
        if time.monotonic() > deadline:
            lock.close()
            raise LocalKafkaError(
                f"another Kafka runs on {place.data}: stop it or choose another place with --data"
            )
        time.sleep(_POLL_S)  # a killed broker holds the lock until its last thread has ended
    return lock


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


def _prepared(place: KafkaPlace, java: str) -> BinaryIO:
    """Write the properties, and format new storage; return the open log of this start."""
    try:
        place.properties.write_text(server_properties(place))
        if place.log.exists():
            # Each start begins a new log, so that the log does not grow without limit.
            place.log.replace(place.log.with_suffix(".log.1"))
        log = place.log.open("ab")
    except OSError as error:
        raise _not_writable(place, error) from None
    if not (place.storage / "meta.properties").exists():
        _format(place, java)
    return log


def _not_writable(place: KafkaPlace, error: OSError) -> LocalKafkaError:
    return LocalKafkaError(
        f"cannot write to {place.data}: {error.strerror}: choose another place with --data"
    )


def _format(place: KafkaPlace, java: str) -> None:
    command = [
        java,
        *_SHORT_JVM,
        *read_classes(place.libs),
        *_LOGGING,
        *_main("kafka.tools.StorageTool", place),
    ]
    command += ["format", "--ignore-formatted", "-t", new_cluster_id(), "-c", str(place.properties)]
    result = subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if result.returncode != 0:
        said = (result.stdout + result.stderr).strip().splitlines()
        raise LocalKafkaError(
            f"cannot format Kafka's storage in {place.storage}: {said[-1] if said else 'no reason given'}"
        )
