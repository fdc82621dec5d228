"""Minutes that nobody told of are told apart from empty ones."""

from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from streams.history.reach import Reach, ends, of_feed, of_legs
from streams.sinks.clickhouse.database import Answer, Row

TEN = from_iso("2026-05-01T10:00:00Z")
NEWEST = "SELECT count(), toUInt32(max("  # what streams.history.uncounted asks first


class Archive:
    """Answers by the table that a question names."""

    def __init__(self, **tables: list[Row]) -> None:
        self._tables = tables

    def execute(self, sql: str) -> Answer:
        if sql.startswith(NEWEST):
            return Answer([], [])  # all is counted
        return Answer([], self._tables.get(sql.partition("FROM ")[2].split()[0], []))

    def close(self) -> None: ...


def test_a_minute_is_reached_when_any_source_told_of_a_moment_in_it() -> None:
    reach = Reach([(TEN + 1, TEN + MINUTE + 1), (TEN + HOUR, TEN + HOUR)])
    minutes = range(TEN - MINUTE, TEN + HOUR + 2 * MINUTE, MINUTE)
    assert [at for at in minutes if at in reach] == [
        TEN, TEN + MINUTE, TEN + 2 * MINUTE, TEN + HOUR,
    ]  # fmt: skip


def test_an_empty_archive_reaches_nothing() -> None:
    assert TEN not in of_feed(Archive())
    assert TEN not in of_legs(Archive())


def test_history_reaches_until_its_last_leg_has_left_the_longest_window() -> None:
    ends = [TEN, TEN + MINUTE, TEN + 2 * MINUTE, None, None]
    reach = of_legs(Archive(legs=[("history", *ends)]))
    assert TEN + HOUR + 2 * MINUTE in reach
    assert TEN + HOUR + 3 * MINUTE not in reach
    assert TEN + 3 * MINUTE not in of_legs(Archive(legs=[("live", *ends)]))


def test_a_live_feed_reaches_the_last_minute_that_was_over_for_both_ways() -> None:
    legs = [("live", TEN, TEN + HOUR + 4 * SECOND, None, None, None)]
    for last, minute in (
        (TEN + HOUR + 4 * SECOND, TEN + HOUR - MINUTE),  # what is out of order may still come
        (TEN + HOUR + 5 * SECOND, TEN + HOUR),
        (TEN + HOUR + 59 * SECOND, TEN + HOUR),  # the minute that goes on is not cut
    ):
        archive = Archive(events=[(TEN, last)], legs=legs)
        for reach in (of_feed(archive), of_legs(archive)):
            assert minute in reach
            assert minute + MINUTE not in reach


def test_of_some_queues_only_the_sources_that_told_of_them_reach() -> None:
    """Another platform says nothing of a queue that it does not have: before its own one began nothing is known."""
    asked: list[str] = []

    class Asking(Archive):
        def execute(self, sql: str) -> Answer:
            asked.append(sql)
            return super().execute(sql)

    of_legs(Asking(), ["bil'ling", "accounts"])
    named = "source IN (SELECT source FROM legs WHERE queue IN ('bil\\'ling', 'accounts')"
    of_sources = [sql for sql in asked if "queue_days" not in sql and not sql.startswith(NEWEST)]
    assert len(of_sources) == 2
    assert all(named in sql for sql in of_sources)
    asked.clear()
    of_legs(Asking())
    assert not any("source IN" in sql for sql in asked)


class Days(Archive):
    """An archive that knows when its tables begin and end, and what holds at both ends."""

    def __init__(self, early: list[Row], late: list[Row], **tables: list[Row]) -> None:
        super().__init__(**tables)
        self._early, self._late = early, late
        self.whole = 0

    def execute(self, sql: str) -> Answer:
        if "FROM legs" not in sql:
            return super().execute(sql)
        if sql.startswith("SELECT count()"):
            return Answer([], [(9, TEN // SECOND, (TEN + 900 * DAY) // SECOND)])
        if "key_at <= " in sql:
            assert f"<= toDateTime({(TEN + 16 * DAY) // SECOND})" in sql
            return Answer([], self._early)
        if "key_at >= " in sql:
            assert f">= toDateTime({(TEN + 884 * DAY) // SECOND})" in sql
            return Answer([], self._late)
        self.whole += 1
        return super().execute(sql)


def test_where_the_archive_begins_and_ends_is_read_of_its_first_and_last_days() -> None:
    early: list[Row] = [("history", TEN, TEN + HOUR, None, None, None)]
    late: list[Row] = [("history", TEN + 899 * DAY, TEN + 900 * DAY, None, None, None)]
    archive = Days(early, late)
    assert ends(archive) == (TEN, TEN + 900 * DAY + HOUR)
    assert archive.whole == 0


def test_where_the_calls_at_one_end_were_withdrawn_all_are_read() -> None:
    whole: list[Row] = [("history", TEN + 100 * DAY, TEN + 900 * DAY, None, None, None)]
    late: list[Row] = [("history", TEN + 899 * DAY, TEN + 900 * DAY, None, None, None)]
    archive = Days([], late, legs=whole)
    assert ends(archive) == (TEN + 100 * DAY, TEN + 900 * DAY + HOUR)
    assert archive.whole == 1
    assert ends(Archive()) is None


def test_days_whose_legs_are_deleted_are_told_of_by_their_roll_ups() -> None:
    marks: list[Row] = [("closed", TEN + DAY)]
    held: list[Row] = [(3, TEN, TEN + HOUR)]
    reach = of_legs(Archive(queue_days=marks, quarter_hours=held))
    assert TEN in reach
    assert TEN + 2 * HOUR in reach
    assert TEN + 3 * HOUR not in reach
    assert TEN not in of_legs(Archive(quarter_hours=held))  # legs are there, and tell themselves


def test_nothing_reaches_past_the_first_fact_that_is_not_counted() -> None:
    spans = [(TEN, TEN + HOUR), (TEN, TEN + 10 * MINUTE)]
    reach = Reach(spans, TEN + 30 * MINUTE + 7 * SECOND)
    assert reach.ends == (TEN, TEN + 30 * MINUTE)
    assert TEN + 31 * MINUTE not in reach
    assert Reach(spans, TEN + 2 * HOUR).ends == (TEN, TEN + HOUR)
    assert Reach(spans, TEN - MINUTE).ends is None
