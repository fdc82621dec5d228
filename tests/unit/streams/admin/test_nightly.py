"""Each settled day is reconciled once; what keeps it from that is said once and tried again."""

from typing import Any

import pytest

from streams.admin import nightly
from streams.admin.broker import AdminError
from streams.admin.nightly import NightlyReconciliation
from streams.admin.reconciliation import Reconciliation
from streams.history.leg_recount import Disagreement
from streams.history.reconcile import Compared, QueueDay, Reconciled
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, clock

MORNING = clock("07:00")  # of Monday: Sunday is settled


class Reader:
    def execute(self, sql: str) -> Answer:
        return Answer([], [])

    def close(self) -> None:
        pass


class Night:
    """A nightly reconciliation whose comparisons are told beforehand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *outcomes: Any) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        waiting = list(outcomes)

        def reconciled(*arguments: Any) -> Any:
            self.asked.append(arguments[3])
            outcome = waiting.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(nightly, "reconciled", reconciled)
        self.nightly = NightlyReconciliation("kafka", "", self.said.append)


def found(day: str, archive: int) -> Reconciliation:
    figures = [
        Compared("billing", "offered", 7, archive),
        Compared("repairs", "offered", 1, 1),
    ]
    legs = [Disagreement("billing", "ada", "leg", "answered", None)] if archive != 7 else []
    days = [QueueDay("billing", MONDAY - 86_400_000, MONDAY, 1, None)]
    return Reconciliation(Reconciled(day, figures, days, []), legs)


def test_a_day_is_compared_once_and_the_next_one_the_next_morning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = Night(monkeypatch, found("2026-03-01", 7), found("2026-03-02", 6))
    for at in (MORNING, MORNING + 600_000):
        night.nightly.turn(Reader(), at)
    assert night.asked == ["2026-03-01"]
    assert night.nightly.compared.differing == {"billing": 0, "repairs": 0}
    assert night.nightly.compared.start_s == (MONDAY - 86_400_000) / 1000
    night.nightly.turn(Reader(), MORNING + 86_400_000)
    assert night.asked == ["2026-03-01", "2026-03-02"]
    assert night.nightly.compared.differing == {"billing": 1, "repairs": 0}
    assert night.said[0] == "reconciled 2026-03-01: 2 queues agree, 8 legs offered"
    assert "leg ada of billing: leg is None in the archive, answered by its events" in night.said[2]


def test_what_is_away_is_said_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    away = AdminError("Kafka does not answer at kafka")
    night = Night(monkeypatch, away, away, found("2026-03-01", 7))
    for turn in range(3):
        night.nightly.turn(Reader(), MORNING + turn)
    assert len(night.asked) == 3
    assert [line.partition(":")[0] for line in night.said] == [
        "not reconciled, tried again every 10 minutes", "reconciled 2026-03-01",
    ]  # fmt: skip
