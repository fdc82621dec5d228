"""Old legs wait until their days are rolled up; everything else is deleted meanwhile."""

from typing import cast

import pytest

from schemas.millis import DAY
from streams.admin import nightly_retention
from streams.admin.nightly_retention import NightlyRetention
from streams.history.building import LEGS_A_TURN, Progress
from streams.sinks.clickhouse.database import Database

NOW = 1_000 * DAY
DATABASE = cast(Database, None)


def test_legs_stay_while_days_before_the_cut_are_not_rolled_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    deleted: list[dict[str, int]] = []
    left = [12, 0]

    def close(_: Database, now: int, before: int, most_legs: int) -> Progress:
        assert (now - before, most_legs) == (400 * DAY, LEGS_A_TURN)
        return Progress(5, left.pop(0))

    monkeypatch.setattr(nightly_retention, "close_before", close)
    monkeypatch.setattr(
        nightly_retention, "delete_old", lambda _, keeping, __: deleted.append(dict(keeping))
    )
    keeping = {"legs": 400 * DAY, "events": 90 * DAY}
    work = NightlyRetention(keeping, said.append)
    for night in range(2):
        work.turn(DATABASE, NOW + night * DAY)
    assert deleted == [{"events": 90 * DAY}, keeping]
    assert said[0] == "old legs stay for now: 12 days of queues must be rolled up before"


def test_what_is_kept_for_ever_closes_no_day(monkeypatch: pytest.MonkeyPatch) -> None:
    deleted: list[dict[str, int]] = []
    monkeypatch.setattr(nightly_retention, "close_before", None)
    monkeypatch.setattr(
        nightly_retention, "delete_old", lambda _, keeping, __: deleted.append(dict(keeping))
    )
    NightlyRetention({"events": 90 * DAY}, print).turn(DATABASE, NOW)
    assert deleted == [{"events": 90 * DAY}]
