from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.reports.legs import REPORT, leg_row, legs_sql

NAMES = REPORT.parts[0].names()


def test_times_are_iso_and_lists_are_words() -> None:
    record = dict.fromkeys(NAMES, 1) | {
        "arrived_at_ms": 1_000, "answered_at_ms": None, "left_at_ms": 2_500, "ended_at_ms": None,
        "wrap_ended_at_ms": None, "known_at_ms": 3_000, "goal": None, "agent": "",
        "flags": ["late", "conflict"],
    }  # fmt: skip
    row = leg_row(record)
    assert tuple(row) == NAMES
    assert (row["arrived_at"], row["left_at"], row["answered_at"]) == (
        "1970-01-01T00:00:01Z", "1970-01-01T00:00:02.500Z", None,
    )  # fmt: skip
    assert (row["flags"], row["agent"], row["goal"]) == ("late conflict", "", None)


def test_arrivals_of_the_range_are_asked_as_they_were_known() -> None:
    sql = legs_sql(Catalogue("UTC", {}), Question(5_000, 9_000, queue="billing", as_of=42))
    assert "arrived_at_ms >= 5000 AND arrived_at_ms < 9000" in sql
    assert "known_at_ms <= 42" in sql
    assert "queue = 'billing'" in sql
