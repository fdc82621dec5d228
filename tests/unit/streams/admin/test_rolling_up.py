"""What is said of roll-ups: once what was built, once why not; a former failure is said again after it had passed."""

from typing import cast

import pytest

from schemas.millis import DAY, MINUTE
from streams.admin import rolling_up
from streams.admin.rolling_up import RollingUp
from streams.history.building import LEGS_A_TURN, Progress
from streams.history.rolled_check import Differing
from streams.sinks.clickhouse.database import Database, UnavailableError

NOW = 100 * DAY
DATABASE = cast(Database, None)


class Work:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.problem = ""
        self.built = self.left = 0
        self.differing: list[Differing] = []
        self.checked: list[int] = []
        self.again: list[Differing] = []
        self.rolling = RollingUp(self.said.append)
        monkeypatch.setattr(rolling_up, "build_some", self._build)
        monkeypatch.setattr(rolling_up, "differing", self._differing)
        monkeypatch.setattr(rolling_up, "build_again", lambda _, found: self.again.extend(found))
        monkeypatch.setattr(rolling_up, "prune", lambda _: 0)

    def _build(self, _: Database, now: int, until: int, most_legs: int) -> Progress:
        assert (now, most_legs) == (until, LEGS_A_TURN)
        if self.problem:
            raise UnavailableError(self.problem)
        return Progress(self.built, self.left)

    def _differing(self, _: Database, day: int) -> list[Differing]:
        self.checked.append(day)
        return self.differing


def test_what_was_built_and_a_failure_are_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(monkeypatch)
    work.problem = "away"
    for turn in range(2):
        work.rolling.turn(DATABASE, NOW + turn * 10 * MINUTE)
    work.problem, work.built = "", 1_200
    work.rolling.turn(DATABASE, NOW + 20 * MINUTE)
    work.left = 60_000
    work.rolling.turn(DATABASE, NOW + 30 * MINUTE)
    work.built = work.left = 0
    work.rolling.turn(DATABASE, NOW + 40 * MINUTE)
    assert work.said == [
        "not rolled up, reports read legs; tried again: away",
        "rolled up 1,200 days of queues",
        "rolled up 1,200 days of queues; reports read legs of 60,000 more until the next turns",
    ]


def test_a_settled_day_is_compared_once_a_day_and_what_differs_is_built_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = Work(monkeypatch)
    work.differing = [Differing("billing", 97 * DAY, 3)]
    for later in (0, 10 * MINUTE, DAY):
        work.rolling.turn(DATABASE, NOW + later)
    assert len(work.checked) == 2
    assert all(day < now - DAY for day, now in zip(work.checked, (NOW, NOW + DAY), strict=True))
    assert work.again == work.differing * 2
    assert work.said[0] == (
        "rolled up otherwise than its legs say, built again: queue billing, 1970-04-08 (UTC): 3 quarter hours"
    )
