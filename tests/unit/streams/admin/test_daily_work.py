"""Work of once a day: tried again after a failure, which is said once."""

from typing import cast

from schemas.millis import DAY, MINUTE
from streams.admin.daily_work import DailyWork
from streams.sinks.clickhouse.database import Database, UnavailableError

NOW = 100 * DAY
DATABASE = cast(Database, None)


class Tried(DailyWork):
    failed = "not tidied"

    def __init__(self, said: list[str]) -> None:
        super().__init__(said.append)
        self.problem = ""
        self.times = 0

    def _work(self, database: Database, now: int) -> None:
        self.times += 1
        if self.problem:
            raise UnavailableError(self.problem)


def test_it_is_done_once_a_day() -> None:
    work = Tried([])
    for later in (0, 10 * MINUTE, DAY - 1, DAY):
        work.turn(DATABASE, NOW + later)
    assert work.times == 2


def test_after_a_failure_it_is_tried_again_and_the_failure_is_said_once() -> None:
    said: list[str] = []
    work = Tried(said)
    work.problem = "db does not answer"
    work.turn(DATABASE, NOW)
    work.turn(DATABASE, NOW + 10 * MINUTE)
    assert said == ["not tidied, tried again: db does not answer"]
    work.problem = ""
    work.turn(DATABASE, NOW + 20 * MINUTE)
    work.turn(DATABASE, NOW + 30 * MINUTE)
    assert work.times == 3
