"""Which versions of which legs are read; what comes of it is tried on both databases."""

from schemas.millis import DAY
from streams.history.legs_sql import KEY_SLACK_MS, legs_keyed, newest_legs, present_queue

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
