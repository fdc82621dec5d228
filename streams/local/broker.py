"""The broker that the other processes wait for: a child process of `up`, or one that others run."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from streams.local.kafka import LocalKafka, LocalKafkaError, log_end, serves, spawn
from streams.local.kafka_place import KafkaPlace
from streams.local.leftovers import forget, remember
from streams.local.problem import LocalError
from streams.local.restarts import restart_delay_s

_NAME = "kafka"
_READY_WITHIN_S = 180.0  # after a crash, a broker with much data reads its logs again first
_NEWS_EVERY_S = 10.0


class Broker(Protocol):
    """What the supervisor needs from Kafka."""

    def start(self) -> None:
        """Start it and return when it serves; LocalError if it does not."""

    def serving(self) -> bool: ...

    def keep_running(self) -> None:
        """Start it again if it has ended; the supervisor calls this several times a second."""

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class OwnBroker:
    """A single-node Kafka, started and restarted as a child process."""

    def __init__(self, place: KafkaPlace, run: Path, say: Callable[[str], None]) -> None:
        self._place = place
        self._run = run
        self._say = say
        self._kafka: LocalKafka | None = None
        self._started_s = 0.0
        self._again_at_s = 0.0
        self._runs_s: list[float] = []
        self._awaited = False

    def start(self) -> None:
        self._spawn()
        deadline = time.monotonic() + _READY_WITHIN_S
        news_at_s = time.monotonic() + _NEWS_EVERY_S
        while not self.serving():
            if self._kafka is None or self._kafka.process.poll() is not None:
                raise LocalError(f"Kafka ended: {log_end(self._place.log)}")
            if time.monotonic() > deadline:
                raise LocalError(f"Kafka does not answer: {log_end(self._place.log)}")
            if time.monotonic() > news_at_s:
                news_at_s += _NEWS_EVERY_S
                self._say(f"waiting for kafka (its log: {self._place.log})")
            time.sleep(0.05)
        self._awaited = False

    def serving(self) -> bool:
        alive = self._kafka is not None and self._kafka.process.poll() is None
        return alive and serves(self._place.port)

    def keep_running(self) -> None:
        now = time.monotonic()
        if self._kafka is not None and (code := self._kafka.process.poll()) is not None:
            self._runs_s.append(now - self._started_s)
            delay_s = restart_delay_s(self._runs_s)
            self._again_at_s = now + delay_s
            self._kafka = None
            forget(self._run, _NAME)
            self._say(
                f"kafka ended with code {code}; starts again in {delay_s:g} s, the others wait"
            )
        elif self._kafka is None and now >= self._again_at_s:
            self._try_again(now)
        elif self._awaited and self.serving():
            self._awaited = False
            self._say(f"kafka ready again after {now - self._started_s:.1f} s")

    def stop(self) -> None:
        if self._kafka is not None:
            self._kafka.stop()
            self._kafka = None
            forget(self._run, _NAME)

    def kill(self) -> None:
        if self._kafka is not None:
            self._kafka.process.kill()
            self.stop()

    def _try_again(self, now: float) -> None:
        try:
            self._spawn()
        except LocalKafkaError as error:
            self._runs_s.append(0.0)
            self._again_at_s = now + restart_delay_s(self._runs_s)
            self._say(f"kafka does not start: {error}")

    def _spawn(self) -> None:
        self._kafka = spawn(self._place)
        self._started_s = time.monotonic()
        self._awaited = True
        remember(self._run, _NAME, self._kafka.pid)


class OthersBroker:
    """A cluster that was named with `--kafka`: it is checked, but never started or stopped."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def start(self) -> None:
        if not self.serving():
            raise LocalError(
                f"Kafka does not answer at {self._bootstrap}: start it, or leave --kafka away"
                " for one on this machine"
            )

    def serving(self) -> bool:
        return any(_answers(address) for address in self._bootstrap.split(","))

    def keep_running(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def kill(self) -> None:
        """Do nothing."""


def _answers(address: str) -> bool:
    host, _, port = address.strip().rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), 1.0).close()
    except (OSError, ValueError):
        return False
    return True
