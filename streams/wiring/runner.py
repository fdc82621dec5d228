"""The life of a worker process: wait for Kafka, serve, stop cleanly, and the right exit code.

Faust's own Worker is not used: it blocked stops, redirected stdout and mixed up exit codes.
"""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka.errors import KafkaError, ProducerFenced

from schemas.health import Health
from streams.plumbing.ports import PortTakenError
from streams.wiring.app import StreamApp, create_app
from streams.wiring.engine import HoleError
from streams.wiring.http import serving
from streams.wiring.logs import only_ours
from streams.wiring.namesakes import NamesakeError, watch_namesakes
from streams.wiring.options import StreamOptions
from streams.wiring.recovery import StateError
from streams.wiring.roster_feed import RosterSink
from streams.wiring.snapshots import BACKLOG
from streams.wiring.units import CallsUnit, PoisonedError, UnitFactories
from streams.wiring.view import StreamView, Told, health, view
from streams.wiring.watchdogs import CutOff, StuckDetector, leave_within

LEAVE_WITHIN_S = 9.5  # from the signal on, whatever hangs: gone when 10 s are over
LEFT_WITHIN_S = 7.0  # from the last checkpoint on: what remains is courtesy
FAILED_WITHIN_S = 3.0
_TOLD_EVERY_S = 10.0
_LOOK_AGAIN_S = 0.5
# State is a large graph without cycles: walking it at the usual thresholds took an eighth of the time
# of an event. So only what is new is walked, at a pace of ours, and everything in a quiet hour.
_COLLECT_YOUNG_EVERY_S = 10.0
_COLLECT_ALL_AFTER = 360  # turns
_KNOWN = (KafkaError, TimeoutError, OSError, HoleError, StateError, PoisonedError, PortTakenError)

_FENCED = (
    "ending: another worker has taken over a partition of this one: usual after a long pause; if it comes"
    " again and again, another one has the name %s: give each an --instance of its own"
)

log = logging.getLogger(__name__)


class NotYetError(Exception):
    """The one line that says what is being waited for."""


class Companion(Protocol):
    """Something that starts and ends with the worker, in a thread of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root puts together.

    `check`, `render` and `namesake` run in other threads, `tell` in the loop. `check` raises
    NotYetError while Kafka or the topics are not as they must be; `namesake` says in one line why
    this worker must give way to another of its name.
    """

    now: Callable[[], int]
    factories: UnitFactories
    roster: RosterSink
    check: Callable[[], None]
    tell: Callable[[CallsUnit], Told]
    render: Callable[[StreamView], bytes]
    companion: Callable[[Callable[[], Health]], Companion]
    namesake: Callable[[Health], str | None] = lambda _: None


async def run(options: StreamOptions, parts: Parts) -> int:
    """Until a signal (0), a failure (1) or a namesake (2), with one line logged."""
    worker = _Worker(options, parts)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stopping.set)
        worker.cut_off.begin_at(number)
    try:
        async with serving(options.bind, options.metrics_port, worker.metrics, worker.healthz):
            return await worker.live()
    except PortTakenError as error:
        log.critical("%s", error)
        return 1


class _Worker:
    def __init__(self, options: StreamOptions, parts: Parts) -> None:
        self._options = options
        self._parts = parts
        self._app: StreamApp = create_app(
            options, now=parts.now, factories=parts.factories, roster=parts.roster
        )
        self._engine = self._app.engine
        self._tasks: list[asyncio.Task[None]] = []
        self._state, self._detail = "starting", ""
        self._health = health(self._engine, self._state)
        self.stopping = asyncio.Event()
        self.cut_off = CutOff(LEAVE_WITHIN_S)

    async def _collect(self) -> None:
        """Cycles come from connections and failures alone; an hour of them is a few megabytes.

        What a backlog leaves is set aside unwalked, which takes no time, until everything is walked.
        """
        turns = 0
        while True:
            await asyncio.sleep(_COLLECT_YOUNG_EVERY_S)
            turns += 1
            lag = self._engine.total_lag()
            if lag > BACKLOG:
                gc.freeze()
            elif turns >= _COLLECT_ALL_AFTER and lag == 0:
                gc.unfreeze()
                gc.collect()
                gc.freeze()
                turns = 0
            else:
                gc.collect(0)

    async def metrics(self) -> bytes:
        shown = await view(self._engine, self._state, self._parts.tell)
        return await asyncio.to_thread(self._parts.render, shown)

    def healthz(self) -> Health:
        return health(self._engine, self._state, self._detail)

    async def live(self) -> int:
        detector = StuckDetector(self._options.stuck_after_s)
        self._begin("heartbeat", detector.run())
        self._begin("health", self._refresh())
        companion = self._parts.companion(lambda: self._health)
        companion.start()
        try:
            if not await self._kafka_is_there():
                return 0
            self._state = "running"
            self.cut_off.code = 1  # until the last checkpoint is written
            self._begin_all()
            return await self._until_the_end()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.to_thread(companion.stop)

    def _begin_all(self) -> None:
        engine = self._engine
        self._begin("targets", engine.targets.tail.run())
        self._begin("roster", engine.roster.tail.run())
        self._begin("snapshots", engine.snapshots.run())
        self._begin("checkpoints", engine.checkpoint_for_ever())
        self._begin("tails", engine.watch_tails())
        if self._options.static_member:
            self._begin("namesakes", self._watch_namesakes())
        self._begin("faust", self._app.start())
        gc.freeze()  # what is loaded by now stays: the collector need not walk it again
        gc.disable()
        self._begin("garbage", self._collect())

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001  whatever fails, the worker must not limp on
                self._engine.fail(error)

        self._tasks.append(asyncio.create_task(guarded(), name=name))

    async def _watch_namesakes(self) -> None:
        figures = self._engine.figures
        await watch_namesakes(
            lambda: figures.assignments, lambda: self._parts.namesake(self._health)
        )

    async def _namesake_within_limits(self) -> str | None:
        """Nothing is applied meanwhile. It reports every two seconds, and a broker may not answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAILED_WITHIN_S):
                while True:
                    line = await asyncio.to_thread(self._parts.namesake, self.healthz())
                    if line is not None:
                        return line
                    await asyncio.sleep(_LOOK_AGAIN_S)
        return None

    async def _refresh(self) -> None:
        """The health record is made here: its reader sits in another thread."""
        while True:
            self._health = self.healthz()
            await asyncio.sleep(0.5)

    async def _kafka_is_there(self) -> bool:
        """False when asked to stop before it was."""
        told_at = -_TOLD_EVERY_S
        while not self.stopping.is_set():
            try:
                await asyncio.to_thread(self._parts.check)
                self._detail = ""
                return True
            except NotYetError as error:
                self._state, self._detail = "waiting_for_kafka", str(error)
                now = asyncio.get_running_loop().time()
                if now - told_at >= _TOLD_EVERY_S:
                    told_at = now
                    log.warning("waiting: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), 1)
        return False

    async def _until_the_end(self) -> int:
        stopping = asyncio.create_task(self.stopping.wait())
        crashed = asyncio.create_task(self._app.wait_until_stopped())
        ends: set[asyncio.Future[Any]] = {stopping, crashed, self._engine.failure}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        crashed.cancel()
        if self.stopping.is_set() and not self._engine.failure.done():
            return await self._stop()
        return await self._fail()

    async def _stop(self) -> int:
        self._state = "stopping"
        self._engine.units.ready = False
        try:
            await self._engine.settle()
        except Exception as error:  # noqa: BLE001  nothing is lost: the next start reads the state
            log.warning("no last checkpoint: %s", _one_line(error))
            return 1
        self.cut_off.code = 0
        leave_within(LEFT_WITHIN_S, 0)
        log.info("last checkpoint written")
        only_ours()
        await self._app.stop()
        await self._engine.units.drop()
        return 0

    async def _fail(self) -> int:
        self._state = "stopping"
        reason = self._reason()
        # A broker's PRODUCER_FENCED (90) is unknown to aiokafka, which makes a bare KafkaError of it.
        if type(reason) in {ProducerFenced, KafkaError} and (
            line := await self._namesake_within_limits()
        ):
            reason = NamesakeError(line)
        leave_within(FAILED_WITHIN_S, 1)
        if isinstance(reason, NamesakeError):
            log.critical("ending: %s", reason)
        elif isinstance(reason, ProducerFenced):
            log.critical(_FENCED, self._options.instance)
        elif isinstance(reason, _KNOWN):
            log.critical("ending: %s", _one_line(reason))
        else:
            log.critical("ending: a bug", exc_info=reason)
        only_ours()
        await self._app.stop()
        await self._engine.units.drop()
        return 2 if isinstance(reason, NamesakeError) else 1

    def _reason(self) -> BaseException:
        failure = self._engine.failure
        if failure.done() and failure.exception() is not None:
            return failure.exception() or RuntimeError()
        return getattr(self._app, "crash_reason", None) or RuntimeError("Faust ended by itself")


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
