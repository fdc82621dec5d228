"""What is asked for facts that are not counted, and how it is said; that they are found is tried on both databases."""

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from streams.history.months import Range
from streams.history.question import Question
from streams.history.uncounted import Uncounted, overdue, uncounted
from streams.sinks.clickhouse.database import Answer, Row

DAY_ONE = from_iso("2026-05-05T00:00:00Z")
NEWEST = DAY_ONE + 30 * DAY
RANGE = Range(DAY_ONE, DAY_ONE + DAY)
FIRST = DAY_ONE + HOUR  # the broker had the first event by then that the stream has not passed


class Archive:
    """With `events` that may be meant, and what it says of them."""

    def __init__(
        self, events: int = 1, found: tuple[int, int, int] = (4, 2, DAY_ONE), deleted: int = 0
    ) -> None:
        self._events, self._found, self._deleted = events, found, deleted
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        rows: list[Row] = [self._found]
        if "toUInt32(max(appended_at))" in sql:
            rows = [(self._events, NEWEST // 1000)]
        elif "GROUP BY kind" in sql:
            rows = [("deleted legs arrival", self._deleted)] if self._deleted else []
        elif sql.startswith("SELECT count(), toUInt32(intDiv(min(appended_at_ms)"):
            rows = [(self._found[0], FIRST // 1000)]
        elif sql.startswith("SELECT count(), min(at_ms)"):
            rows = [(self._events, DAY_ONE, DAY_ONE + DAY)]
        return Answer([], rows)

    def close(self) -> None: ...


def test_an_archive_without_events_waits_for_nothing_and_is_not_asked_further() -> None:
    archive = Archive(events=0)
    assert uncounted(archive, RANGE) is None
    assert len(archive.asked) == 1
    assert uncounted(Archive(found=(0, 0, 0)), RANGE) is None


def test_bodies_are_read_of_events_alone_that_are_not_passed() -> None:
    all_passed = Archive(found=(0, 0, 0))
    assert uncounted(all_passed, RANGE) is None
    assert not any("body" in sql for sql in all_passed.asked)
    archive = Archive()
    uncounted(archive, RANGE)
    (asked,) = (sql for sql in archive.asked if "body" in sql)
    assert asked.count(f"appended_at >= toDateTime({FIRST // 1000})") == asked.count("FROM events")


def test_events_of_the_range_are_asked_for_from_its_beginning_on() -> None:
    archive = Archive()
    assert uncounted(archive, RANGE) == Uncounted(4, 2, DAY_ONE)
    events = archive.asked[2]
    assert f"appended_at >= toDateTime({(DAY_ONE - MINUTE) // 1000})" in events
    assert f"at_ms >= {DAY_ONE}" in events
    assert "feed = 'live'" not in events  # records of the range are waited for, too
    assert f"arrived >= {RANGE.start} AND arrived < {RANGE.end}" in archive.asked[-1]


def test_without_a_range_it_is_the_end_of_live_sources() -> None:
    archive = Archive()
    uncounted(archive)
    assert "feed = 'live'" in archive.asked[2]
    assert f"appended_at >= toDateTime({(NEWEST - 40 * DAY) // 1000})" in archive.asked[2]
    assert "arrived >=" not in archive.asked[-1]


def test_legs_that_were_deleted_are_not_waited_for() -> None:
    archive = Archive(deleted=DAY_ONE + HOUR)
    uncounted(archive, RANGE)
    assert f"at_ms >= {DAY_ONE + HOUR}" in archive.asked[2]


def test_of_some_queues_those_alone_and_of_none_none() -> None:
    archive = Archive()
    uncounted(archive, RANGE, {"gas", "it's"})
    assert r"queue IN ('gas', 'it\'s')" in archive.asked[2]
    archive = Archive()
    uncounted(archive, RANGE, set())
    assert "queue IN ('')" in archive.asked[2]


def test_what_came_in_the_last_minute_or_after_what_is_known_then_is_not_overdue() -> None:
    for as_of, now, by in (
        (None, NEWEST, NEWEST - MINUTE),
        (DAY_ONE, NEWEST, DAY_ONE),
        (NEWEST, NEWEST, NEWEST - MINUTE),
        (DAY_ONE, None, DAY_ONE),
    ):
        archive = Archive()
        overdue(archive, Question(RANGE.start, RANGE.end, as_of=as_of, now=now), None)
        assert f"appended_at_ms <= {by}" in archive.asked[2]
    archive = Archive()
    overdue(archive, Question(RANGE.start, RANGE.end), None)
    assert "appended_at_ms <=" not in archive.asked[2]


def test_it_is_one_line_on_the_clock_of_the_reader() -> None:
    assert Uncounted(2708, 3, DAY_ONE).said("Europe/Berlin") == (
        "calls are counted until 2026-05-05T02:00:00+02:00: facts of 3 queues from then on (2,708) are in the archive and not"
        " counted yet, because `stream` lags or has stopped; start `stream`, or wait until it has caught up (`queuewatch doctor`)"
    )
