"""The life of a worker process: wait for Kafka, work, stop cleanly, and exit with the right code."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka.errors import KafkaError, ProducerFenced

from schemas.health import Health
from streams.plumbing.ports import PortTakenError
from streams.wiring.across_feed import AcrossSink
from streams.wiring.consumer import Consumer, ConsumerListener
from streams.wiring.deadlines import (
    AFTER_CHECKPOINT_S,
    AFTER_FAILURE_S,
    EXIT_WITHIN_S,
    StopDeadline,
    exit_within,
)
from streams.wiring.engine import Engine, HoleError
from streams.wiring.garbage_collection import collect_for_ever
from streams.wiring.http import serving
from streams.wiring.logs import REPEAT_EVERY_S, only_ours
from streams.wiring.namesakes import NamesakeError, watch_namesakes
from streams.wiring.options import StreamOptions
from streams.wiring.profiles_feed import ProfilesSink
from streams.wiring.recovery import StateError
from streams.wiring.roster_feed import RosterSink
from streams.wiring.stuck_detector import StuckDetector
from streams.wiring.units import PoisonedError, UnitFactories
from streams.wiring.view import StreamView, health, view

_NAMESAKE_AGAIN_S = 0.5
_HEALTH_EVERY_S = 0.5
_KNOWN = (KafkaError, TimeoutError, OSError, HoleError, StateError, PoisonedError, PortTakenError)

_FENCED = (
    "ending: another worker has taken over a partition of this one: usual after a long pause; if it comes"
    " again and again, another one has the name %s: give each an --instance of its own"
)

log = logging.getLogger(__name__)


class NotYetError(Exception):
    """Kafka or its topics are not ready; the message is one line that says what is awaited."""


class Reporter(Protocol):
    """Writes health reports, in a thread of its own, from the start of the worker to its end."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker is put together from.

    `check`, `render` and `namesake` are called in other threads. `check` raises NotYetError while Kafka
    or the topics are not as they must be. `namesake` returns one line if this worker must end because
    another one has its name.
    """

    now: Callable[[], int]
    consumer: Callable[[StreamOptions, ConsumerListener], Consumer]
    factories: UnitFactories
    roster: RosterSink  # these three are the objects that the units of `calls` are made with
    profiles: ProfilesSink
    across: AcrossSink
    check: Callable[[], None]
    render: Callable[[StreamView], bytes]
    reporter: Callable[[Callable[[], Health]], Reporter]
    namesake: Callable[[Health], str | None] = lambda _: None


async def run(options: StreamOptions, parts: Parts) -> int:
    """Work until a signal (exit code 0), a failure (1) or a worker of the same name (2); log the reason."""
    worker = _Worker(options, parts)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stopping.set)
        worker.deadline.begin_at(number)
    try:
        place = options.bind, options.metrics_port
        async with serving(*place, worker.metrics, worker.healthz, options.door):
            return await worker.live()
    except PortTakenError as error:
        log.critical("%s", error)
        return 1


class _Worker:
    def __init__(self, options: StreamOptions, parts: Parts) -> None:
        self._options = options
        self._parts = parts
        self._engine = Engine(
            options, parts.factories, parts.roster, parts.profiles, parts.across, parts.now
        )
        self._consumer = parts.consumer(options, self._engine)
        self._tasks: list[asyncio.Task[None]] = []
        self._state, self._detail = "starting", ""
        self._health = health(self._engine, self._state)
        self.stopping = asyncio.Event()
        self.deadline = StopDeadline(EXIT_WITHIN_S)

    async def metrics(self) -> bytes:
        shown = await view(self._engine, self._state)
        return await asyncio.to_thread(self._parts.render, shown)

    def healthz(self) -> Health:
        return health(self._engine, self._state, self._detail)

    async def live(self) -> int:
        detector = StuckDetector(self._options.stuck_after_s)
        self._begin("heartbeat", detector.run())
        self._begin("health", self._refresh())
        reporter = self._parts.reporter(lambda: self._health)
        reporter.start()
        try:
            if not await self._kafka_is_there():
                return 0
            self._state = "running"
            self.deadline.code = 1  # until the last checkpoint is written
            self._begin_all()
            return await self._until_the_end()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.to_thread(reporter.stop)

    def _begin_all(self) -> None:
        engine = self._engine
        self._begin("targets", engine.targets.tail.run())
        self._begin("roster", engine.roster.tail.run())
        self._begin("profiles", engine.profiles.tail.run())
        self._begin("reports", engine.reports.run())
        self._begin("across", engine.across.tail.run())
        self._begin("snapshots", engine.snapshots.run())
        self._begin("checkpoints", engine.checkpoint_for_ever())
        self._begin("tails", engine.watch_tails())
        if self._options.static_member:
            self._begin("namesakes", self._watch_namesakes())
        self._begin("consumer", self._consumer.start())
        self._begin("garbage", collect_for_ever(engine.total_lag))

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001  a worker must not go on without one of its tasks
                self._engine.fail(error)

        self._tasks.append(asyncio.create_task(guarded(), name=name))

    async def _watch_namesakes(self) -> None:
        telemetry = self._engine.telemetry
        await watch_namesakes(
            lambda: telemetry.assignments, lambda: self._parts.namesake(self._health)
        )

    async def _namesake_within_limits(self) -> str | None:
        """Look for another worker of this name for some seconds; nothing is applied meanwhile.

        The other one reports its health only every two seconds, and a broker may not answer.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AFTER_FAILURE_S):
                while True:
                    line = await asyncio.to_thread(self._parts.namesake, self.healthz())
                    if line is not None:
                        return line
                    await asyncio.sleep(_NAMESAKE_AGAIN_S)
        return None

    async def _refresh(self) -> None:
        """Make the health record in the event loop, because the reporter reads it in another thread."""
        while True:
            self._health = self.healthz()
            await asyncio.sleep(_HEALTH_EVERY_S)

    async def _kafka_is_there(self) -> bool:
        """Wait until Kafka and its topics are ready; False if the worker must stop before."""
        logged_at = -REPEAT_EVERY_S
        while not self.stopping.is_set():
            try:
                await asyncio.to_thread(self._parts.check)
                self._detail = ""
                return True
            except NotYetError as error:
                self._state, self._detail = "waiting_for_kafka", str(error)
                now = asyncio.get_running_loop().time()
                if now - logged_at >= REPEAT_EVERY_S:
                    logged_at = now
                    log.warning("waiting: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), 1)
        return False

    async def _until_the_end(self) -> int:
        stopping = asyncio.create_task(self.stopping.wait())
        ended = asyncio.create_task(self._consumer.wait_until_ended())
        failure = self._engine.failure
        ends: set[asyncio.Future[Any]] = {stopping, ended, failure}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not failure.done() and not self.stopping.is_set():
            self._engine.fail(ended.result())
        stopping.cancel()
        ended.cancel()
        reason = failure.exception() if failure.done() else None
        return await (self._stop() if reason is None else self._fail(reason))

    async def _stop(self) -> int:
        self._state = "stopping"
        self._engine.units.ready = False
        try:
            await self._engine.checkpoint_and_commit()
        except Exception as error:  # noqa: BLE001  nothing is lost: the next start reads the state
            log.warning("no last checkpoint: %s", _one_line(error))
            return 1
        self.deadline.code = 0
        exit_within(AFTER_CHECKPOINT_S, 0)
        log.info("last checkpoint written")
        await self._leave()
        return 0

    async def _fail(self, reason: BaseException) -> int:
        self._state = "stopping"
        # aiokafka does not know the broker's PRODUCER_FENCED (90) and raises a plain KafkaError.
        if type(reason) in {ProducerFenced, KafkaError} and (
            line := await self._namesake_within_limits()
        ):
            reason = NamesakeError(line)
        exit_within(AFTER_FAILURE_S, 1)
        if isinstance(reason, NamesakeError):
            log.critical("ending: %s", reason)
        elif isinstance(reason, ProducerFenced):
            log.critical(_FENCED, self._options.instance)
        elif isinstance(reason, _KNOWN):
            log.critical("ending: %s", _one_line(reason))
        else:
            log.critical("ending: a bug", exc_info=reason)
        await self._leave()
        return 2 if isinstance(reason, NamesakeError) else 1

    async def _leave(self) -> None:
        """Leave the group and close the producers."""
        only_ours()
        await self._consumer.stop()
        await self._engine.units.drop()


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
