"""Topic `health`: each process reports its health every two seconds.

A report that fails never stops the process.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any, Literal, Protocol, cast

import msgspec
from msgspec import Struct

from schemas.codec import encode
from schemas.health import HEALTH_EVERY_MS, STOPPED, Health
from schemas.topics import topic_name
from streams.plumbing.unused_memory import give_back
from streams.plumbing.wall_clock import now_ms

_log = logging.getLogger(__name__)
_LAST_REPORT_S = 2.0
_GIVE_BACK_EVERY = 30  # reports: a minute
_SHORTEST_PAUSE_MS = 100  # a wait may end a moment early, which must not make two reports

Library = Literal["kafka-python", "aiokafka"]
_WRITERS: dict[Library, tuple[str, str]] = {
    "kafka-python": ("waiting_reports", "WaitingReports"),
    "aiokafka": ("async_reports", "AsyncReports"),
}


class Writer(Protocol):
    """Writes reports, all from one thread. What it raises is a report that is lost. One that could not be delivered within two
    periods is out of date, and dropped, so that no burst of old reports follows an outage of the broker.
    """

    def write(self, topic: str, key: bytes, value: bytes) -> None: ...

    def close(self) -> None: ...


def writer(library: Library, bootstrap: str) -> Writer:
    """By the library that the process uses anyway: the other one would be 9 MB for a record each two seconds."""
    module, name = _WRITERS[library]
    made = getattr(import_module(f"streams.plumbing.{module}"), name)
    return cast(Writer, made(bootstrap))


class Identity(Struct, frozen=True):
    """The fields that are the same in every report of one process."""

    process: str
    instance: str
    started_at: int
    version: str
    pid: int

    @classmethod
    def mine(cls, process: str, instance: str, started_at: int) -> "Identity":
        return cls(process, instance, started_at, version("queuewatch"), os.getpid())

    def report(
        self, at: int, *, ready: bool, state: str, detail: str = "", **figures: Any
    ) -> Health:
        """A report as of `at`; `figures` are fields of Health."""
        return Health(
            process=self.process,
            instance=self.instance,
            at=at,
            started_at=self.started_at,
            ready=ready,
            state=state,
            detail=detail,
            version=self.version,
            pid=self.pid,
            **figures,
        )


@contextmanager
def reporting(
    process: str,
    bootstrap: str,
    namespace: str,
    report: Callable[[Identity, int], Health],
    library: Library,
) -> Iterator[Identity]:
    """Report the health of a process of which there is one, until the block ends. `report` gets the time in ms.

    What the Kafka clients log is left out: an outage is one line of ours; theirs would be fifty.
    """
    for name in ("aiokafka", "kafka"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    identity = Identity.mine(process, f"{process}-1", now_ms())
    reporter = HealthReporter(bootstrap, namespace, lambda: report(identity, now_ms()), library)
    reporter.start()
    try:
        yield identity
    finally:
        reporter.stop()


def pause_ms(now: int) -> int:
    """Until the next report. All processes write theirs at the same moments, so that who reads them is woken once for all."""
    pause = HEALTH_EVERY_MS - now % HEALTH_EVERY_MS
    return pause if pause >= _SHORTEST_PAUSE_MS else pause + HEALTH_EVERY_MS


def health_key(health: Health) -> bytes:
    """`process/instance`: compaction keeps the newest report of each."""
    return f"{health.process}/{health.instance}".encode()


class HealthReporter:
    """A daemon thread that writes what `read` returns; `stop` writes a last report, `stopped`.

    `read` is called in that thread. Kafka may be unreachable at any time, also at the start.
    """

    def __init__(
        self, bootstrap: str, namespace: str, read: Callable[[], Health], library: Library
    ) -> None:
        self._bootstrap = bootstrap
        self._library = library
        self._topic = topic_name("health", namespace)
        self._read = read
        self._writer: Writer | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; may be called twice, and before `start`."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(3 * _LAST_REPORT_S)

    def _run(self) -> None:
        reports = 0
        while not self._ending.is_set():
            self._report(stopped=False)
            self._ending.wait(pause_ms(now_ms()) / 1000)
            reports += 1
            if (
                reports % _GIVE_BACK_EVERY == 0
            ):  # the one thread that each process has beside its work
                give_back()
        self._report(stopped=True)
        if self._writer is not None:
            self._guarded(self._writer.close)

    def _report(self, *, stopped: bool) -> None:
        def send() -> None:
            if self._writer is None:
                if stopped:  # waiting for a broker that never came would only delay the stop
                    return
                self._writer = writer(self._library, self._bootstrap)
            health = self._read()
            if stopped:
                health = msgspec.structs.replace(health, ready=False, state=STOPPED)
            self._writer.write(self._topic, health_key(health), encode(health))

        self._guarded(send)

    @staticmethod
    def _guarded(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  a failed report must never end the process
            _log.debug("no health report: %s", error)
