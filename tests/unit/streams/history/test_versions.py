"""What counts as a correction is what takes back or changes what had been said."""

from typing import Any

import pytest

from streams.history.versions import COMPARED, Change, changes, restates, restating_sql

NINE = 1_772_442_000_000  # 2026-03-02T09:00:00Z


def version(**said: Any) -> dict[str, Any]:
    """An open leg that arrived at nine, with what is said besides."""
    row: dict[str, Any] = dict.fromkeys(COMPARED) | {
        "outcome": "open", "direction": "inbound", "arrived_at_ms": NINE, "out_of_hours": 0,
        "in_target": 0, "short": 0, "missed_offers": 0, "agent": "", "reason": "",
        "disposition": "", "topic": "", "area": "", "formula": "sl", "targets_version": 1,
        "answer_within_ms": 20_000,
    }  # fmt: skip
    return row | said


def answered(wait_ms: int = 9_000, **said: Any) -> dict[str, Any]:
    at = NINE + wait_ms
    return version(
        outcome="answered", answered_at_ms=at, left_at_ms=at, wait_ms=wait_ms, in_target=1,
        agent="ann",
    ) | said  # fmt: skip


ENDED = answered(ended_at_ms=NINE + 60_000, talk_hold_ms=51_000, reason="caller")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (version(), answered()),
        (version(), version(missed_offers=1)),
        (answered(), ENDED),
        (answered(), answered(hold_ms=5_000)),
        (ENDED, ENDED | {"wrap_ended_at_ms": NINE + 90_000, "wrap_ms": 30_000}),
        (ENDED, ENDED | {"disposition": "solved"}),
    ],
)
def test_a_leg_that_goes_on_restates_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert not restates(before, after)
    assert changes(before, after) != []
    assert not restates(after, after)
    assert changes(after, after) == []


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        (version(outcome="ghost", reason="waiting_cap"), answered(), "outcome"),
        (version(outcome="abandoned", left_at_ms=NINE + 1), version(), "left_at"),
        (version(outcome="abandoned"), version(), "outcome"),
        (answered(), answered(21_000, in_target=0), "in_target"),
        (answered(), answered(agent="eve"), "agent"),
        (answered(), answered(missed_offers=1), "missed_offers"),
        (version(), version(arrived_at_ms=NINE - 60_000), "arrived_at"),
        (version(targets_version=0), version(), "targets_version"),
        (version(), version(out_of_hours=1), "out_of_hours"),
        (ENDED, ENDED | {"ended_at_ms": NINE + 59_000}, "ended_at"),
        (ENDED, ENDED | {"talk_hold_ms": None}, "talk_hold_ms"),
    ],
)
def test_what_had_been_said_otherwise_is_a_correction(
    before: dict[str, Any], after: dict[str, Any], column: str
) -> None:
    assert restates(before, after)
    assert column in {change.column for change in changes(before, after)}
    assert not restates(None, after)


def test_changes_read_like_a_report() -> None:
    assert changes(answered(), answered(21_000, in_target=0, agent="")) == [
        Change("answered_at", "2026-03-02T09:00:09Z", "2026-03-02T09:00:21Z"),
        Change("left_at", "2026-03-02T09:00:09Z", "2026-03-02T09:00:21Z"),
        Change("wait_ms", 9_000, 21_000),
        Change("in_target", 1, 0),
        Change("agent", "ann", None),
    ]
    assert str(Change("agent", "ann", None)) == "agent ann → –"
    assert changes(None, answered()) == [
        Change("outcome", None, "answered"),
        Change("arrived_at", None, "2026-03-02T09:00:00Z"),
    ]


def test_the_query_asks_for_every_column_that_can_be_restated() -> None:
    sql = restating_sql()
    # These follow targets_version.
    assert {name for name in COMPARED if name not in sql} == {
        "answer_within_ms",
        "short_abandon_ms",
        "goal",
    }
