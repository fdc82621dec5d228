"""What the archive says of days past, as the pages know it: asked off the event loop, one question at a time, kept for a minute.

A page shows what is known now and never waits for the archive; an archive that is slow, away or refuses takes no wall with it.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct

from schemas.half_hours import MinuteOfQueue, PastDays
from schemas.past_figures import PastAsked, PastTold

KEPT_S = 60.0
AGAIN_S = 15.0  # after a failure
LIMIT_S = 10.0  # then it counts as slow; the next question waits for its answer all the same
LOOKED_AT_S = 30.0  # a page that nobody has drawn for so long is not asked for
FORGOTTEN_S = 600.0
MOST = 400  # questions that are kept; a page of the past has six

Queues = tuple[str, ...]
Asked = Queues | PastAsked
Result = TypeVar("Result")
Problem = Literal["", "asking", "no_archive", "unreachable", "slow"]
log = logging.getLogger(__name__)


class ArchiveSilentError(Exception):
    """The archive cannot say it; the text is for the log of the board."""


class Archive(Protocol):
    """Its methods are called from a thread of their own, never two at once. ArchiveSilentError."""

    def past_days(self, queues: Queues, now: int) -> PastDays: ...

    def figures(self, asked: PastAsked, now: int) -> PastTold: ...

    def last_minutes(self, now: int) -> Sequence[MinuteOfQueue]:
        """The hour before `now`, of every queue."""
        ...


class Known(Struct, frozen=True):
    """`days` are the newest answer, also while there is a `problem`; None if there was none yet."""

    days: PastDays | None = None
    problem: Problem = "asking"


class KnownFigures(Struct, frozen=True):
    """The same of a part of a page of the past."""

    told: PastTold | None = None
    problem: Problem = "asking"


class _Kept(Struct):
    wanted_at: float
    answer: PastDays | PastTold | None = None
    problem: Problem = "asking"
    due_at: float = 0.0


class Past:
    """Answers by what was asked, of which queues: whoever sees the same queues gets the same one. `archive` None: there is none."""

    def __init__(
        self, archive: Archive | None, clock: Callable[[], int], elapsed: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self._archive = archive
        self._clock = clock
        self._elapsed = elapsed
        self._kept: dict[Asked, _Kept] = {}
        self._wanted = asyncio.Event()
        self._answered = asyncio.Condition()
        self._alone = asyncio.Lock()

    def known(self, queues: Queues) -> Known:
        """What is known now. To ask for it makes it wanted."""
        kept = self._looked_at(queues)
        answer = kept.answer if isinstance(kept.answer, PastDays) else None
        return Known(answer, kept.problem)

    def figures(self, asked: PastAsked) -> KnownFigures:
        """The same of a part of a page of the past."""
        kept = self._looked_at(asked)
        answer = kept.answer if isinstance(kept.answer, PastTold) else None
        return KnownFigures(answer, kept.problem)

    def _looked_at(self, asked: Asked) -> _Kept:
        now = self._elapsed()
        if self._archive is None:
            return _Kept(now, problem="no_archive")
        kept = self._kept.get(asked)
        if kept is None:
            if len(self._kept) >= MOST:
                del self._kept[min(self._kept, key=lambda each: self._kept[each].wanted_at)]
            kept = self._kept[asked] = _Kept(now)
        kept.wanted_at = now
        if kept.due_at <= now:
            self._wanted.set()
        return kept

    async def settled(self, asked: Asked, patience_s: float) -> None:
        """Wait for the first answer, or its problem, but not longer than that: for a page that is drawn once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s), self._answered:
                await self._answered.wait_for(lambda: self._looked_at(asked).problem != "asking")

    async def last_minutes(self) -> Sequence[MinuteOfQueue]:
        """The last hour of every queue. ArchiveSilentError; none where there is no archive."""
        archive = self._archive
        if archive is None:
            return ()
        async with self._alone:
            return await in_thread(lambda: archive.last_minutes(self._clock()))

    async def run(self, on_change: Callable[[], None]) -> None:
        """Ask what is wanted and older than a minute, for ever."""
        while self._archive is not None:
            asked = self._due()
            if asked is None:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            async with self._alone:
                await self._ask(self._archive, asked, on_change)

    def _due(self) -> Asked | None:
        now = self._elapsed()
        self._kept = {
            each: kept for each, kept in self._kept.items() if now - kept.wanted_at < FORGOTTEN_S
        }
        due = [
            each for each, kept in self._kept.items()
            if kept.due_at <= now and now - kept.wanted_at < LOOKED_AT_S
        ]  # fmt: skip
        return min(due, key=lambda each: self._kept[each].due_at, default=None)

    def _answer(self, archive: Archive, asked: Asked) -> PastDays | PastTold:
        if isinstance(asked, PastAsked):
            return archive.figures(asked, self._clock())
        return archive.past_days(asked, self._clock())

    async def _ask(self, archive: Archive, asked: Asked, on_change: Callable[[], None]) -> None:
        answer = in_thread(lambda: self._answer(archive, asked))
        done, _ = await asyncio.wait({answer}, timeout=LIMIT_S)
        if not done:
            await self._slow(on_change)
            await asyncio.wait({answer})
        said: PastDays | PastTold | None = None
        problem: Problem = ""
        again_s = KEPT_S
        try:
            said = answer.result()
        except ArchiveSilentError as error:
            log.warning("pages of the past: %s", error)
            problem, again_s = "unreachable", AGAIN_S
        except Exception:
            log.exception("pages of the past")
            problem = "unreachable"
        if (kept := self._kept.get(asked)) is not None:
            kept.answer = said or kept.answer
            kept.problem, kept.due_at = problem, self._elapsed() + again_s
        await self._tell(on_change)

    async def _slow(self, on_change: Callable[[], None]) -> None:
        for kept in self._kept.values():
            if kept.due_at <= self._elapsed():
                kept.problem = "slow"
        await self._tell(on_change)

    async def _tell(self, on_change: Callable[[], None]) -> None:
        on_change()
        async with self._answered:
            self._answered.notify_all()


def in_thread(work: Callable[[], Result]) -> "asyncio.Future[Result]":
    """Its result, from a thread that no end of the process waits for: an archive may never answer."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(how: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            how(value)

    def run() -> None:
        try:
            told: tuple[Callable[[Any], None], Any] = future.set_result, work()
        except Exception as error:  # noqa: BLE001 - raised where it is awaited
            told = future.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, *told)

    threading.Thread(target=run, name="archive", daemon=True).start()
    return future
