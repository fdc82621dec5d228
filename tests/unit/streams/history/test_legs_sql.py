"""Which versions of which legs are read; what comes of it is tried on both databases."""

from schemas.millis import DAY
from streams.history.legs_sql import (
    KEY_SLACK_MS,
    callers_sql,
    latest_arrival,
    legs_about,
    legs_keyed,
    newest_legs,
    newest_legs_in_order,
    present_queue,
)
from streams.sinks.clickhouse.database import Answer
from tests.support.fake_archive import FakeArchive

START, END = 1_790_000_000_000, 1_790_086_400_000


def test_only_one_version_of_a_leg_is_left() -> None:
    sql = newest_legs(["outcome"], START, END, None, None)
    assert sql.endswith(" DESC LIMIT 1 BY queue, leg_id, node, key_at)")
    assert "FROM legs " in sql


def test_live_counters_know_live_legs_up_to_a_version() -> None:
    sql = newest_legs(["outcome"], START, END, "billing", None, live_below=9)
    assert "FROM leg_versions" in sql
    assert "feed = 'live' AND version < 9" in sql
    assert "queue = 'billing'" in sql


def test_times_beyond_what_a_second_holds_are_cut() -> None:
    sql = newest_legs(["outcome"], 0, 2**32 * 1_000 + DAY, None, None)
    assert "key_at >= toDateTime(0)" in sql
    assert f"key_at <= toDateTime({2**32 - 1})" in sql
    assert KEY_SLACK_MS > DAY


def test_what_was_judged_again_in_history_alone_can_be_passed_over() -> None:
    sql = newest_legs(["outcome"], START, END, None, None, live_below=9, as_counted_live=True)
    assert "version < 9 AND NOT has(flags, 'judged_again')" in sql
    assert "has(flags" not in newest_legs(["outcome"], START, END, None, None, live_below=9)


def test_by_its_key_a_leg_is_in_one_range() -> None:
    sql = legs_keyed(["outcome"], START, END)
    assert f"key_at >= toDateTime({START // 1_000}) AND key_at < toDateTime({END // 1_000})" in sql
    assert sql.endswith(" DESC LIMIT 1 BY queue, leg_id, node, key_at, delivery")


def test_calls_of_a_former_id_are_among_those_of_the_queue() -> None:
    former = {"o'ld": "billing", "older": "billing", "x": "faults"}
    sql = newest_legs(["outcome"], START, END, "billing", None, former=former)
    assert r"queue IN ('billing', 'o\'ld', 'older')" in sql
    assert sql.startswith(r"(SELECT transform(queue, ['o\'ld', 'older', 'x'], ['billing', ")
    assert "AS queue, leg_id, node, key_at, version, outcome FROM (SELECT queue, leg_id" in sql
    one = newest_legs(["outcome"], START, END, "lone", None, former=former)
    assert "queue = 'lone'" in one
    assert newest_legs(["outcome"], START, END, "billing", None, former={}) == newest_legs(
        ["outcome"], START, END, "billing", None
    )
    assert present_queue({}) == "queue"


def test_more_legs_than_are_sorted_are_read_in_the_order_of_the_table() -> None:
    sql = newest_legs_in_order(["outcome"], START, END, None, {"old": "new"})
    assert (
        "ORDER BY queue, key_at, leg_id, node, version DESC LIMIT 1 BY queue, leg_id, node, key_at"
        in sql
    )
    assert "transform(queue, ['old'], ['new'], queue) AS queue" in sql
    assert "FROM leg_versions" in newest_legs_in_order(["outcome"], START, END, END, {})


class Told:
    """An archive of which the latest rows say `rows`, and the newest versions of some legs, or of all, `found`."""

    def __init__(self, rows: list[int], *found: int) -> None:
        self._rows, self._found = rows, list(found)
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        if sql.startswith("SELECT max("):
            return Answer(["n"], [(self._found.pop(0),)])
        columns = ["queue", "leg_id", "node", "key_at", "arrived_at_ms"]
        return Answer(columns, [("q", f"leg-{at}", "n", "", at) for at in self._rows])

    def close(self) -> None: ...


def test_the_latest_arrival_is_that_of_a_version_that_holds() -> None:
    """The row that says the latest may be one that was corrected since."""
    few = Told([END, END - 5], END - 5)
    assert latest_arrival(few, START, END, None) == END - 5
    assert "(queue, leg_id, node) IN (('q', " in few.asked[-1]
    assert latest_arrival(Told([]), START, END, None) == 0


def test_all_legs_are_read_where_many_of_the_latest_rows_hold_no_more() -> None:
    rows = [END - n for n in range(100)]
    assert latest_arrival(Told(rows, END - 99), START, END, None) == END - 99
    corrected = Told(rows, START, END - 200)
    assert latest_arrival(corrected, START, END, 7) == END - 200
    assert all("FROM leg_versions" in sql for sql in corrected.asked)
    assert "leg_id, node) IN" not in corrected.asked[-1]


def test_callers_of_any_version_and_about_how_many_legs() -> None:
    sql = callers_sql(START, END, None, "outcome = 'abandoned'")
    assert sql.startswith("SELECT caller FROM legs WHERE key_at >= ")
    assert sql.endswith(" AND outcome = 'abandoned'")
    assert "FROM leg_versions" in callers_sql(START, END, 7, "1")
    assert legs_about(FakeArchive(), START, END) == 0
    assert legs_about(FakeArchive(legs=[{"n": 9}]), START, END) == 9
