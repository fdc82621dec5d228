"""A day is compared only once the archive has what the counters know."""

from typing import Any

import pytest

from streams.admin import reconciliation
from streams.admin.broker import AdminError
from streams.admin.drain import NotDrained, Stage
from streams.admin.reconciliation import reconciled
from streams.history.question import HistoryError
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, clock

MORNING = clock("07:00")  # of Monday: Sunday is settled


class Empty:
    def execute(self, sql: str) -> Answer:
        return Answer([], [])

    def close(self) -> None:
        pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the archive was waited for; it has read everything unless the last entry is an answer."""
    found: list[Any] = []

    def wait_for_reader(_: str, stage: Stage, timeout_s: float) -> NotDrained | None:
        found.append((stage.group, stage.topics, timeout_s))
        return None

    monkeypatch.setattr(reconciliation, "read_live_days", lambda *_: [])
    monkeypatch.setattr(reconciliation, "wait_for_reader", wait_for_reader)
    return found


def compare(day: str | None = None, now: int = MORNING) -> reconciliation.Reconciliation:
    return reconciled("kafka:9092", "north.", Empty(), day, now, 5.0)


def test_without_a_day_it_is_the_newest_that_late_facts_no_longer_change(asked: list[Any]) -> None:
    assert compare().found.day == "2026-03-01"
    assert compare("2026-02-27").found.day == "2026-02-27"


def test_the_archive_is_waited_for_by_the_topics_that_make_its_legs(asked: list[Any]) -> None:
    compare()
    assert asked == [
        ("north.queuewatch-archive", ("north.legs", "north.calls", "north.quarantine"), 5.0)
    ]


def test_an_archive_that_lags_is_not_compared(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NotDrained("archive", {"legs-3": 7})
    monkeypatch.setattr(reconciliation, "wait_for_reader", lambda *_: late)
    with pytest.raises(AdminError, match=r"archive lags: legs-3 by 7 records: nothing compared"):
        compare()


def test_a_day_that_goes_on_is_not_compared(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes_on(*_: Any) -> None:
        raise HistoryError("2026-03-02 is not over")

    monkeypatch.setattr("streams.history.reconcile.check_over", goes_on)
    with pytest.raises(HistoryError, match="is not over"):
        compare("2026-03-02", MONDAY + 1)
    assert asked == []
