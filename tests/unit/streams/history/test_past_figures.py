"""Corrections as the page counts them, and the list of publications. The other parts are tested on archives (tests/integration/history)."""

from schemas.past_figures import PastAsked
from schemas.periods import period_of
from schemas.tables import TABLES
from streams.history.past_figures import CALLS, past_figures, summed_corrections
from streams.history.report import Row
from streams.sinks.clickhouse.publication_rows import publication_row
from tests.support.fake_archive import FakeArchive
from tests.support.published import END, REPORT, publication


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


def test_every_publication_is_told_and_the_reports_are_not_carried_for_a_list() -> None:
    """Which of them a reader sees is known only on the board: cut here, those of one department would lack."""
    all_of_them = [
        publication(REPORT, publication_id=f"month-2026-10-d{n}-1", department=f"d{n}")
        for n in range(700)
    ]
    rows = [
        dict(zip(TABLES["publications"], publication_row(each, END), strict=True))
        for each in all_of_them
    ]
    archive = FakeArchive(publications=rows)
    told = past_figures(archive, PastAsked("published", period_of("2026-10"), ()), END)
    assert {row["department"] for row in told.rows} == {each.department for each in all_of_them}
    assert told.more == 0
    (asked,) = (sql for sql in archive.asked if "FROM publications" in sql)
    assert "'' AS frozen" in asked
