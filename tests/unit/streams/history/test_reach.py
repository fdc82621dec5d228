"""Minutes that nobody told of are told apart from empty ones."""

from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from streams.history.reach import Reach, of_feed, of_legs
from streams.sinks.clickhouse.database import Answer, Row

TEN = from_iso("2026-05-01T10:00:00Z")


class Archive:
    """Answers by the table that a question names."""

    def __init__(self, **tables: list[Row]) -> None:
        self._tables = tables

    def execute(self, sql: str) -> Answer:
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
    assert len(asked) == 2
    assert all(named in sql for sql in asked)
    asked.clear()
    of_legs(Asking())
    assert not any("source IN" in sql for sql in asked)
