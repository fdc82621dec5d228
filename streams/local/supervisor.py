"""Keeps the processes of one machine running, in order, until it is told to stop."""

import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from types import FrameType

from streams.local.broker import Broker
from streams.local.child import Child, Command
from streams.local.data_folder import DataFolder
from streams.local.problem import LocalError
from streams.local.restarts import restart_delay_s

_TICK_S = 0.1
_WATCH_EVERY_S = 1.0
_NEWS_EVERY_S = 10.0
_USAGE_ERROR = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(Exception):
    """A signal to stop came while processes were being started."""


class Stopping:
    """Counts signals to stop: after the first all is stopped in order, after the second all is killed."""

    def __init__(self) -> None:
        self.signals = 0
        # Raise StopRequestedError at the first signal: while true, nothing runs that needs an order.
        self.interrupts = True

    def install(self) -> None:
        for number in _SIGNALS:
            signal.signal(number, self._received)

    def _received(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of a handler
        self.signals += 1
        if self.interrupts and self.signals == 1:
            raise StopRequestedError


class Supervised:
    """A child, and what the supervisor must know to start it again."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.runs_s: list[float] = []
        self.start_at_s = 0.0
        self.done = False


class Supervisor:
    """Starts `commands` once `broker` serves, restarts what ends, and stops all of it in order.

    `prepare` creates the topics and returns lines for the operator; `watch` is called each second while
    the broker serves, and may return one line.
    """

    def __init__(
        self, folder: DataFolder, broker: Broker, stopping: Stopping, say: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._broker = broker
        self._stopping = stopping
        self._say = say
        self._supervised: list[Supervised] = []
        self._began_s = time.monotonic()

    def run(
        self,
        first: Sequence[Command],
        commands: Sequence[Command],
        last: Sequence[Command],
        prepare: Callable[[], Iterable[str]],
        watch: Callable[[], str | None],
        board_url: str,
    ) -> None:
        """Run until a signal; LocalError when a process can never run. All processes are stopped then.

        `first` needs no broker. `last` is traffic: it may begin before its readers do, since Kafka
        keeps it.
        """
        try:
            self._start(first)
            began_s = time.monotonic()
            self._broker.start()
            self._say(f"kafka ready after {time.monotonic() - began_s:.1f} s")
            for line in prepare():
                self._say(line)
            self._start(commands)
            self._stopping.interrupts = False
            self._start(last)
            self._keep(watch, board_url)
        except StopRequestedError:
            pass
        finally:
            self._stopping.interrupts = False
            self._stop()

    def take(self, commands: Iterable[Command]) -> None:
        """Run these from now on: a new one is started, one that is another than before is started anew. Others go on."""
        running = {each.child.command.name: each for each in self._supervised}
        for command in commands:
            former = running.get(command.name)
            if former is None:
                self._start([command])
            elif former.child.command != command:
                self._stop_child(former.child)
                former.child = Child(command, self._folder.logs, self._folder.run)
                former.child.start()
                self._say(f"started {command.name} anew")

    def _start(self, commands: Sequence[Command]) -> None:
        for command in commands:
            child = Child(command, self._folder.logs, self._folder.run)
            self._supervised.append(Supervised(child))
            child.start()
        if commands:
            self._say(f"started {', '.join(command.name for command in commands)}")

    def _keep(self, watch: Callable[[], str | None], board_url: str) -> None:
        ready, watch_at_s, news_at_s = False, 0.0, time.monotonic() + _NEWS_EVERY_S
        while not self._stopping.signals:
            now = time.monotonic()
            self._broker.keep_running()
            for supervised in self._supervised:
                self._keep_running(supervised, now)
            if not ready and (trouble := not_ready(f"{board_url}healthz")) is None:
                ready = True
                self._say(
                    f"board {board_url} ready after {now - self._began_s:.1f} s (Ctrl-C stops all)"
                )
            elif not ready and now >= news_at_s:
                news_at_s = now + _NEWS_EVERY_S
                self._say(f"waiting for the board: {trouble}")
            if now >= watch_at_s:
                watch_at_s = now + _WATCH_EVERY_S
                self._look_around(watch)
            time.sleep(_TICK_S)

    def _look_around(self, watch: Callable[[], str | None]) -> None:
        for supervised in self._supervised:
            supervised.child.trim_log()
        if self._broker.serving() and (line := watch()):
            self._say(line)

    def _keep_running(self, supervised: Supervised, now: float) -> None:
        child, command = supervised.child, supervised.child.command
        if child.running:
            if (code := child.ended()) is not None:
                self._ended(supervised, code, now)
            return
        if supervised.done or now < supervised.start_at_s:
            return
        if not command.needs_kafka or self._broker.serving():
            child.start()

    def _ended(self, supervised: Supervised, code: int, now: float) -> None:
        child, command = supervised.child, supervised.child.command
        run_s = now - child.started_s
        if code == 0 and command.finishes:
            supervised.done = True
            self._say(f"{command.name} has finished")
        elif code == _USAGE_ERROR and command.ours:
            raise LocalError(f"{command.name} cannot run: {child.log_end()}", _USAGE_ERROR)
        elif command.needs_kafka and not self._broker.serving():
            supervised.start_at_s = (
                now  # the broker is the cause: start it without a pause after that
            )
            self._say(f"{command.name} ended while kafka is away; starts when it is back")
        else:
            supervised.runs_s.append(run_s)
            delay_s = restart_delay_s(supervised.runs_s)
            supervised.start_at_s = now + delay_s
            self._say(
                f"{command.name} ended with code {code} after {run_s:.0f} s"
                f" ({child.log_end()}); starts again in {delay_s:g} s"
            )

    def _stop(self) -> None:
        began_s = time.monotonic()
        if self._stopping.signals:
            self._say("stopping (Ctrl-C again stops at once)")
        for child in stop_order([supervised.child for supervised in self._supervised]):
            self._stop_child(child)
        if self._stopping.signals > 1:
            self._broker.kill()
        else:
            self._broker.stop()
        self._say(f"stopped after {time.monotonic() - began_s:.1f} s")

    def _stop_child(self, child: Child) -> None:
        child.terminate()
        deadline = time.monotonic() + child.command.stop_within_s
        while child.running and child.ended() is None:
            if self._stopping.signals > 1 or time.monotonic() > deadline:
                if self._stopping.signals <= 1:
                    self._say(f"{child.command.name} did not stop in time and was killed")
                child.kill()
                return
            time.sleep(0.02)


_STOP_ORDER = (
    "simulate",
    "stream",
    "reports",
    "archive",
    "notify",
    "board",
    "prometheus",
    "alertmanager",
    "deliver",
)


def stop_order(children: Iterable[Child]) -> list[Child]:
    """Producers first, then in the direction of the data, so that each process can still write."""
    return sorted(children, key=lambda child: _STOP_ORDER.index(child.command.name))


def not_ready(url: str) -> str | None:
    """None when the address answers 200; else a text that says why not."""
    try:
        urllib.request.urlopen(url, timeout=1.0).close()  # noqa: S310  a loopback address of ours
    except urllib.error.HTTPError as error:
        with error:
            return _parts(error.read(4096)) or str(error)
    except OSError:
        return "it does not answer yet"
    return None


def _parts(body: bytes) -> str:
    """`{"not_ready": {"stream": "recovering"}}` as `stream is recovering`."""
    try:
        parts = json.loads(body)["not_ready"]
        return ", ".join(f"{name} is {state}" for name, state in parts.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return " ".join(body[:200].decode(errors="replace").split())
