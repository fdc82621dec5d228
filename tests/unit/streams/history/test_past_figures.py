"""Corrections as the page counts them. The other parts are tested on archives (tests/integration/archive)."""

from streams.history.past_figures import CALLS, summed_corrections
from streams.history.report import Row


def corrected(leg: str, column: str, cause: str, known_at: str) -> Row:
    return {"queue": "a", "leg_id": leg, "column": column, "cause": cause, "known_at": known_at}


def test_corrections_are_counted_by_column_and_cause() -> None:
    rows = [
        corrected("1", "outcome", "finished_leg", "2026-10-03T00:00:00Z"),
        corrected("1", "outcome", "finished_leg", "2026-10-05T00:00:00Z"),
        corrected("2", "outcome", "finished_leg", "2026-10-04T00:00:00Z"),
        corrected("2", "wait_ms", "ended", "2026-10-04T00:00:00Z"),
    ]
    assert summed_corrections(rows) == [
        {"column": "outcome", "cause": "finished_leg", "corrections": 3, "legs": 2, "known_at": "2026-10-05T00:00:00Z"},
        {"column": "wait_ms", "cause": "ended", "corrections": 1, "legs": 1, "known_at": "2026-10-04T00:00:00Z"},
    ]  # fmt: skip
    assert summed_corrections([]) == []


def test_calls_name_no_agent_and_no_contact() -> None:
    assert not {"agent", "contact_id", "topic", "area"} & set(CALLS)
