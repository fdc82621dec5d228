"""A leg by its own events against its row."""

from typing import Any

from schemas.counters import COUNTER, When
from streams.history.leg_recount import _FACTS, Disagreement, compared
from tests.support.builders import call, clock, told

NINE = clock("09:00")
LEG = told(
    call("queued", "ada", NINE), call("answered", "ada", NINE + 9_000),
    call("ended", "ada", NINE + 60_000),
)  # fmt: skip
ROW: dict[str, Any] = {
    "outcome": "answered", "arrived_at_ms": NINE, "left_at_ms": NINE + 9_000,
    "ended_at_ms": NINE + 60_000, "wait_ms": 9_000, "talk_hold_ms": 51_000, "wrap_ms": None,
    "channel": "voice", "missed_offers": 0, "reason": "", "flags": [],
}  # fmt: skip
OPEN: dict[str, Any] = {"outcome": "open"} | dict.fromkeys(
    ("left_at_ms", "wait_ms", "ended_at_ms", "talk_hold_ms")
)


def test_a_row_that_says_what_its_events_say() -> None:
    assert compared("billing", "ada", LEG, ROW) == []
    assert compared("billing", "ada", None, None) == []


def test_an_old_row_is_told_column_by_column() -> None:
    row = ROW | OPEN
    assert compared("billing", "ada", LEG, row) == [
        Disagreement("billing", "ada", "outcome", "answered", "open"),
        Disagreement("billing", "ada", "left_at", "2026-03-02T09:00:09Z", None),
        Disagreement("billing", "ada", "ended_at", "2026-03-02T09:01:00Z", None),
        Disagreement("billing", "ada", "wait_ms", 9_000, None),
        Disagreement("billing", "ada", "talk_hold_ms", 51_000, None),
    ]


def test_a_row_of_another_channel_is_told() -> None:
    assert compared("billing", "ada", LEG, ROW | {"channel": "callback"}) == [
        Disagreement("billing", "ada", "channel", "voice", "callback")
    ]


def test_every_column_that_a_counter_reads_is_compared() -> None:
    """But for what targets decide, which events do not know."""
    read = {
        column
        for counter in COUNTER.values()
        for column in (*changed(counter.when), counter.sums)
        if column is not None
    }
    assert read - {"in_target", "short", "out_of_hours"} <= set(_FACTS)


def changed(when: When) -> list[str]:
    """The columns that a condition names."""
    named = [name for name in when.__struct_fields__ if getattr(when, name) not in {None, False}]
    columns = {
        "measured": when.measured,
        "unknown": when.unknown,
        "except_outcome": "outcome",
    }
    return [str(columns.get(name, name)) for name in named]


def test_a_leg_without_a_row_and_a_row_without_events() -> None:
    assert compared("billing", "ada", LEG, None) == [
        Disagreement("billing", "ada", "leg", "answered", None)
    ]
    assert compared("billing", "ada", None, ROW) == [
        Disagreement("billing", "ada", "leg", None, "answered")
    ]
    unplaced = told(call("offered", "ada", NINE))
    assert compared("billing", "ada", unplaced, None) == []  # it counts nowhere


def test_what_no_event_of_the_leg_says_is_taken_as_the_row_has_it() -> None:
    waiting = told(call("queued", "ada", NINE))
    ghost = ROW | {
        "outcome": "ghost", "reason": "waiting_cap", "left_at_ms": NINE + 7_200_000,
        "wait_ms": 7_200_000, "ended_at_ms": None, "talk_hold_ms": None,
    }  # fmt: skip
    assert compared("billing", "ada", waiting, ghost) == []
    talking = told(call("queued", "ada", NINE), call("answered", "ada", NINE + 9_000))
    assert (
        compared("billing", "ada", talking, ROW | {"flags": ["end_unknown"], "talk_hold_ms": None})
        == []
    )
    assert compared("billing", "ada", talking, ROW) != []


def test_a_missed_offer_that_the_row_does_not_count_is_told() -> None:
    leg = told(
        call("queued", "ada", NINE), call("offer_missed", "ada", NINE + 1_000, agent="ann"),
        call("offer_missed", "ada", NINE + 1_000, agent="eve"),
    )  # fmt: skip
    row = ROW | OPEN
    assert compared("billing", "ada", leg, row | {"missed_offers": 2}) == []
    assert compared("billing", "ada", leg, row) == [
        Disagreement("billing", "ada", "missed_offers", 2, 0)
    ]
