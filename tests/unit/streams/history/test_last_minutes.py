"""The last hour of every queue, from minutes as they were cut."""

from schemas.counters import COUNTERS, Counts
from schemas.half_hours import MinuteOfQueue
from schemas.millis import MINUTE, from_iso
from streams.history.last_minutes import last_minutes
from streams.sinks.clickhouse.database import Answer

NOW = from_iso("2026-05-06T12:00:30Z")
TWELVE = NOW - 30_000


class Archive:
    """Tells of one minute of a queue; its source of the last ten."""

    def __init__(self, formula: str) -> None:
        self._formula = formula
        self.minutes = ""

    def execute(self, sql: str) -> Answer:
        if "FROM minutes" in sql:
            self.minutes = sql
            counts = Counts(offered=4, answered=3, answered_in_target=2, abandoned=1)
            counted = [getattr(counts, name) for name in COUNTERS]
            return Answer([], [("a", TWELVE - MINUTE, 5, 9_000, 1, self._formula, *counted)])
        if "FROM events" in sql:
            return Answer([], [(TWELVE - 10 * MINUTE, NOW)])
        return Answer([], [])

    def close(self) -> None: ...


def test_a_row_is_of_the_minute_before_it_and_minutes_without_calls_have_zeros() -> None:
    archive = Archive("offered")
    found = {each.start: each for each in last_minutes(archive, NOW)}
    assert found[TWELVE - 2 * MINUTE] == MinuteOfQueue("a", TWELVE - 2 * MINUTE, 5, 2, 4)
    assert found[TWELVE - MINUTE] == MinuteOfQueue("a", TWELVE - MINUTE, 0, 0, 0)
    assert min(found) == TWELVE - 11 * MINUTE  # before, no source told anything
    assert max(found) == TWELVE - MINUTE
    assert "window_minutes = 30" in archive.minutes


def test_a_queue_without_a_formula_has_no_level() -> None:
    found = {each.start: each for each in last_minutes(Archive(""), NOW)}
    assert found[TWELVE - 2 * MINUTE] == MinuteOfQueue("a", TWELVE - 2 * MINUTE, 5, 0, 0)
