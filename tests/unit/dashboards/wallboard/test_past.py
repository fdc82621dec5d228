"""What the archive says: off the event loop, one question at a time, kept for a minute, and no harm when it is away."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from dashboards.wallboard import past as module
from dashboards.wallboard.filling import fill_last_hour
from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.past import ArchiveSilentError, Known, Past
from schemas.half_hours import MinuteOfQueue, PastDay, PastDays
from schemas.millis import MINUTE
from schemas.past_figures import PastAsked, PastTold

NOW = 60 * MINUTE
DAYS = PastDays(NOW, "UTC", PastDay("a"), PastDay("b"), PastDay("c"))
A, B = ("a",), ("b", "c")


class Archive:
    """`answer` is called for each question, in the thread that asks."""

    def __init__(self, answer: Callable[[], PastDays] = lambda: DAYS) -> None:
        self.answer = answer
        self.asked: list[tuple[str, ...]] = []
        self.threads: set[int] = set()
        self.now = self.most = 0

    def past_days(self, queues: tuple[str, ...], now: int) -> PastDays:
        self.asked.append(queues)
        self.threads.add(threading.get_ident())
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return self.answer()
        finally:
            self.now -= 1

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        self.answer()
        return PastTold(now, "UTC", 0, 1, None)

    def last_minutes(self, now: int) -> list[MinuteOfQueue]:
        self.answer()
        return [MinuteOfQueue("a", now - MINUTE, 3, 1, 2)]


class Clock:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@asynccontextmanager
async def running(archive: Archive, clock: Clock) -> AsyncIterator[Past]:
    past = Past(archive, lambda: NOW, clock)
    task = asyncio.create_task(past.run(lambda: None))
    try:
        yield past
    finally:
        task.cancel()


def away() -> PastDays:
    raise ArchiveSilentError("no archive answers")


async def settled(past: Past, queues: tuple[str, ...]) -> Known:
    await past.settled(queues, 20)
    return past.known(queues)


async def test_an_answer_is_kept_for_a_minute_for_all_who_see_the_same() -> None:
    archive, clock = Archive(), Clock()
    async with running(archive, clock) as past:
        assert past.known(A) == Known(None, "asking")
        assert await settled(past, A) == Known(DAYS, "")
        clock.at += 59
        assert past.known(A).days is DAYS
        assert await settled(past, B) == Known(DAYS, "")
        assert archive.asked == [A, B]
        clock.at += 2
        past.known(A)
        while len(archive.asked) < 3:
            await asyncio.sleep(0)
    assert archive.asked[2] == A
    assert threading.get_ident() not in archive.threads


async def test_questions_come_one_after_another() -> None:
    archive = Archive()
    async with running(archive, Clock()) as past:
        await asyncio.gather(*(settled(past, (str(each),)) for each in range(8)))
    assert (len(archive.asked), archive.most) == (8, 1)


async def test_an_archive_that_is_away_is_said_and_the_former_answer_stays() -> None:
    archive, clock = Archive(), Clock()
    async with running(archive, clock) as past:
        await settled(past, A)
        archive.answer = away
        clock.at += 61
        while past.known(A).problem != "unreachable":
            await asyncio.sleep(0)
        assert past.known(A).days is DAYS
        archive.answer = lambda: DAYS
        clock.at += 16
        while past.known(A).problem:
            await asyncio.sleep(0)


async def test_a_bug_in_a_question_is_no_end_of_the_board() -> None:
    def broken() -> PastDays:
        raise ValueError

    async with running(Archive(broken), Clock()) as past:
        assert (await settled(past, A)).problem == "unreachable"


async def test_a_slow_archive_is_said_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LIMIT_S", 0.01)
    goes_on = threading.Event()

    def slow() -> PastDays:
        goes_on.wait(60)
        return DAYS

    archive = Archive(slow)
    async with running(archive, Clock()) as past:
        past.known(B)
        assert (await settled(past, A)).problem == "slow"
        assert past.known(B).problem == "slow"
        assert len(archive.asked) == 1
        goes_on.set()
        while past.known(A).problem or past.known(B).problem:
            await asyncio.sleep(0)


async def test_a_page_waits_only_so_long_for_its_first_answer() -> None:
    past = Past(Archive(), lambda: NOW, Clock())  # nothing runs that would ask
    await past.settled(A, 0.01)
    assert past.known(A).problem == "asking"


async def test_without_an_archive_it_is_said() -> None:
    past = Past(None, lambda: NOW)
    assert past.known(A) == Known(None, "no_archive")
    await past.run(lambda: None)
    assert await past.last_minutes() == ()


async def test_what_nobody_looks_at_is_not_asked_for_and_forgotten() -> None:
    archive, clock = Archive(), Clock()
    async with running(archive, clock) as past:
        for each in range(module.MOST + 50):
            past.known((str(each),))
        assert len(past._kept) == module.MOST
        await settled(past, A)
        clock.at += module.FORGOTTEN_S + 1
        await settled(past, B)
        assert set(past._kept) == {B}


async def test_the_last_hour_is_filled_and_once_more_after_a_while() -> None:
    archive, hour = Archive(), LastHour()
    past = Past(archive, lambda: NOW)
    changes: list[int] = []
    await fill_last_hour(past.last_minutes, hour, lambda: NOW, lambda: changes.append(1), 0.0, 0.0)
    assert hour.over(["a"], NOW)[-1] is not None
    assert len(changes) == 2


async def test_the_last_hour_is_tried_again_while_the_archive_is_away() -> None:
    answers = iter([False, False, True, True])

    def sometimes() -> PastDays:
        return DAYS if next(answers) else away()

    hour = LastHour()
    past = Past(Archive(sometimes), lambda: NOW)
    await fill_last_hour(past.last_minutes, hour, lambda: NOW, lambda: None, 0.0, 0.0)
    assert next(answers, None) is None
    assert hour.over(["a"], NOW)[-1] is not None
