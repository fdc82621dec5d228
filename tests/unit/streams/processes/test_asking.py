"""An archive that starts again is waited for, and one that is away not for ever."""

import io

import pytest

from producers.handing_over import WallClock
from streams.processes.asking import AskArchive
from streams.sinks.clickhouse.database import RefusedError, UnavailableError


class _Reader:
    """Answers after so many questions."""

    def __init__(self, away: int) -> None:
        self.away, self.asked = away, 0

    def execute(self, sql: str) -> None:
        self.asked += 1
        if self.asked <= self.away:
            raise UnavailableError("no archive answers\nsecond line")


@pytest.mark.parametrize(
    ("away", "asked", "waited_s"), [(0, 1, 0.0), (3, 4, 1.5), (1_000_000, 41, 20.0)]
)
def test_it_waits_until_the_archive_answers_and_says_so_once(
    away: int, asked: int, waited_s: float
) -> None:
    now, stream, reader = 1_000_000, io.StringIO(), _Reader(away)

    def sleep(seconds: float) -> None:
        nonlocal now
        now += round(seconds * 1000)

    answers = AskArchive(reader).wait(WallClock(lambda: now, sleep), stream)
    assert answers == (away < 1_000)
    assert (reader.asked, (now - 1_000_000) / 1000) == (asked, waited_s)
    said = "queuewatch: waiting for the archive: no archive answers\n"
    assert stream.getvalue() == (said if away else "")


def test_an_archive_that_refuses_is_not_waited_for() -> None:
    class Refusing:
        def execute(self, sql: str) -> None:
            raise RefusedError(sql)

    AskArchive(Refusing()).wait(
        WallClock(lambda: 0, lambda _: pytest.fail("waited")), io.StringIO()
    )
