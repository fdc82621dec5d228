"""Minutes of the wall: which, from where, and what nobody told."""

import pytest

from schemas.millis import HOUR, MINUTE, SECOND
from streams.history.catalogue import Catalogue
from streams.history.question import Question, WrongOptionError
from streams.history.reports.snapshots import check_window, minutes_asked, snapshots
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive

NOBODY = Catalogue("UTC", {})
LEG = {
    "queue": "elsewhere", "outcome": "answered", "arrived_at_ms": MONDAY,
    "left_at_ms": MONDAY + 10 * SECOND, "ended_at_ms": None, "wait_ms": 10_000, "in_target": 1,
    "short": 0, "formula": "", "channel": "voice", "answer_within_ms": None,
}  # fmt: skip


class Wall(FakeArchive):
    """Of which a live source told until long after the last minute that is asked."""

    def execute(self, sql: str) -> Answer:
        if "GROUP BY source" in sql:
            self._tables = self._tables | {"events": [{"first": 0, "last": MONDAY + 99 * HOUR}]}
            sql = sql.replace("FROM legs", "FROM none")
        return super().execute(sql)


def test_both_ends_of_the_range_are_asked_in_whole_minutes() -> None:
    question = Question(MONDAY + 1, MONDAY + 3 * MINUTE, every_ms=MINUTE)
    assert list(minutes_asked(question)) == [MONDAY + n * MINUTE for n in (1, 2, 3)]


def test_only_windows_that_were_cut_unless_from_legs() -> None:
    check_window(Question(0, 0, window_ms=15 * MINUTE))
    check_window(Question(0, 0, window_ms=7 * MINUTE, from_legs=True))
    with pytest.raises(WrongOptionError, match="--from-legs takes any") as error:
        check_window(Question(0, 0, window_ms=7 * MINUTE))
    assert error.value.flag == "--window"


def test_a_minute_of_which_nobody_told_has_no_value() -> None:
    catalogue = Catalogue("UTC", {"billing": targets("billing")})
    question = Question(MONDAY, MONDAY, window_ms=30 * MINUTE, every_ms=MINUTE)
    assert snapshots(FakeArchive(), catalogue, question) == [
        {"at": "2026-03-02T00:00:00Z", "queue": "billing"}
    ]
    (row,) = snapshots(Wall(), catalogue, question)
    assert (row["waiting"], row["n"], row["sl"]) == (0, 0, None)


def test_a_conversation_without_an_end_is_given_up_in_a_queue_that_nobody_configured() -> None:
    question = Question(
        MONDAY, MONDAY + 13 * HOUR, window_ms=5 * MINUTE, every_ms=HOUR, from_legs=True
    )
    rows = snapshots(Wall(legs=[LEG]), NOBODY, question)
    assert [row["in_service"] for row in rows] == [0, *[1] * 12, 0]
    assert "sl" not in rows[1]  # nobody promised anything
