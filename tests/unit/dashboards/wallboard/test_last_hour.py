"""The last hour as the board saw it: gaps stay gaps, memory is bounded."""

from dashboards.wallboard.last_hour import MINUTES, LastHour, Point, minute_passed
from schemas.codec import encode
from schemas.counters import Counts
from schemas.half_hours import MinuteOfQueue
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from schemas.snapshots import QueueSnapshot
from tests.support.floors import snapshot
from tests.support.walls import latest_of

TEN = from_iso("2026-11-18T10:00:00Z")
COUNTS = Counts(offered=10, answered=9, answered_in_target=8, abandoned=1)


def at(moment: int, waiting: int, queue: str = "a", counts: Counts = COUNTS) -> QueueSnapshot:
    return snapshot(moment, queue=queue, waiting=waiting, windows={30: counts})


def hour_of(*closed: QueueSnapshot) -> LastHour:
    hour = LastHour()
    for each in closed:
        hour.close(each)
    return hour


def test_a_minute_is_what_was_last_seen_in_it() -> None:
    latest = latest_of()
    for second, waiting in ((5, 1), (50, 7), (61, 3), (119, 4)):
        new = at(TEN + second * SECOND, waiting)
        latest.apply("snapshots", b"a", encode(new))
    found = latest.last_hour.over(["a"], TEN + 2 * MINUTE)
    assert found[-2:] == (Point(7, 8, 10), None)  # the second minute is not over for the board


def test_a_minute_without_a_snapshot_is_a_gap() -> None:
    hour = hour_of(at(TEN, 1), at(TEN + 2 * MINUTE, 2))
    found = hour.over(["a"], TEN + 3 * MINUTE)
    assert [each and each.waiting for each in found[-3:]] == [1, None, 2]
    assert len(found) == MINUTES


def test_sums_are_of_all_queues_or_nothing() -> None:
    hour = hour_of(at(TEN, 1), at(TEN, 4, "b"), at(TEN + MINUTE, 2))
    found = hour.over(["a", "b", "never seen"], TEN + 2 * MINUTE)
    assert found[-2:] == (Point(5, 16, 20), None)
    hour.close(at(TEN + MINUTE, 5, "b"))
    assert hour.over(["a", "b"], TEN + 2 * MINUTE)[-1] == Point(7, 16, 20)


def test_a_queue_without_a_formula_has_no_level() -> None:
    hour = hour_of(snapshot(TEN, queue="a", waiting=2, formula=None, windows={30: COUNTS}))
    assert hour.over(["a"], TEN + MINUTE)[-1] == Point(2, 0, 0)


def test_only_an_hour_is_kept_and_a_replay_that_begins_again_forgets_what_lies_ahead() -> None:
    hour = hour_of(*(at(TEN + each * MINUTE, 1) for each in range(200)))
    assert len(hour._points["a"]) == MINUTES
    hour.close(at(TEN - HOUR, 9))
    assert list(hour._points["a"]) == [TEN - HOUR]


def test_the_archive_fills_what_was_not_seen_and_nothing_else() -> None:
    hour = hour_of(at(TEN, 1))
    minutes = [MinuteOfQueue("a", TEN + each * MINUTE, 50, 1, 2) for each in (-90, -1, 0, 1, 2)]
    hour.fill(minutes, TEN + 2 * MINUTE + 7)
    found = hour.over(["a"], TEN + 2 * MINUTE)
    assert [each and each.waiting for each in found[-4:]] == [None, 50, 1, 50]
    assert len(hour._points["a"]) == 3


def test_a_queue_that_is_gone_is_forgotten() -> None:
    hour = hour_of(at(TEN, 1))
    hour.forget("a")
    assert set(hour.over(["a"], TEN + MINUTE)) == {None}


def test_a_change_of_any_minute_is_in_the_next_sum() -> None:
    hour = hour_of(at(TEN, 1), at(TEN + MINUTE, 1))
    end = TEN + 2 * MINUTE
    assert hour.over(["a"], end) == hour.over(["a"], end + 5)
    hour.close(at(TEN + MINUTE, 2))
    assert [each and each.waiting for each in hour.over(["a"], end)[-2:]] == [1, 2]
    hour.fill([MinuteOfQueue("a", TEN - MINUTE, 7, 0, 0)], end)
    assert [each and each.waiting for each in hour.over(["a"], end)[-3:]] == [7, 1, 2]
    hour.forget("a")
    assert set(hour.over(["a"], end)) == {None}


def test_memory_is_bounded_whatever_is_asked_and_whatever_comes() -> None:
    hour = LastHour()
    for each in range(3_000):
        hour.close(at(TEN + each * MINUTE, each))
        hour.over([str(each)], TEN)
    assert len(hour._sums) <= 256
    assert len(hour._changed) <= 1_000
    assert hour.over(["a"], TEN + 3_000 * MINUTE)[-1] == Point(2_999, 8, 10)


def test_a_minute_passes_with_the_time_of_the_queue() -> None:
    assert minute_passed(at(TEN + 59_999, 1), at(TEN + MINUTE, 1))
    assert not minute_passed(at(TEN, 1), at(TEN + 59_999, 1))
