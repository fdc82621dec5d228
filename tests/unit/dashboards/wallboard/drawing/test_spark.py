"""The last hour behind a figure."""

from dashboards.wallboard.board_page import Beside, Seen
from dashboards.wallboard.drawing import spark
from dashboards.wallboard.last_hour import Hour, LastHour, Point
from dashboards.wallboard.texts import texts_of
from dashboards.wallboard.view import board
from schemas.counters import Counts
from schemas.millis import DAY, MINUTE
from tests.support.floors import snapshot
from tests.support.walls import NOW, latest_of

EN = texts_of("en")
GAP: Hour = (None,) * 57


def test_nothing_known_is_no_picture() -> None:
    assert spark.waiting((), EN) is None
    assert spark.waiting((None,) * 60, EN) is None


def test_waiting_is_drawn_against_the_most_of_the_hour_with_its_gap() -> None:
    drawn = spark.waiting((*GAP, Point(4, 0, 0), None, Point(2, 0, 0)), EN)
    assert drawn is not None
    assert 'd="M57.5 0.0h0M59.5 50.0h0"' in drawn


def test_nobody_waiting_is_a_line_at_the_bottom() -> None:
    assert 'd="M57.5 100.0L58.5 100.0L59.5 100.0"' in str(
        spark.waiting((*GAP, *[Point(0, 0, 0)] * 3), EN)
    )


def test_a_level_of_few_calls_is_a_gap() -> None:
    drawn = spark.level((*GAP, Point(0, 4, 4), Point(0, 5, 10), Point(0, 0, 0)), EN)
    assert drawn is not None
    assert 'd="M58.5 50.0h0"' in drawn


def test_in_a_language_from_right_to_left_the_newest_is_at_the_left() -> None:
    assert 'd="M0.5 0.0h0"' in str(
        spark.waiting((*GAP, None, None, Point(1, 0, 0)), texts_of("ar"))
    )


def test_the_hour_of_a_replay_is_that_of_its_own_time() -> None:
    then = NOW - 900 * DAY
    for is_replay in (True, False):
        past = [snapshot(then - back * MINUTE, waiting=back, replay=True) for back in (2, 1)]
        newest = snapshot(then, replay=True, published_at=NOW) if is_replay else snapshot(NOW)
        latest = latest_of(*past, newest)
        shown = board(latest, NOW)
        seen = Seen(shown, "", EN, beside=Beside(latest.last_hour))
        known = [each for each in spark.hour_of(seen, shown.rows) if each]
        assert [each.waiting for each in known] == ([2, 1] if is_replay else [])


def test_the_points_are_those_of_the_wall() -> None:
    counts = Counts(offered=9, answered=8, answered_in_target=6, abandoned=1)
    hour = LastHour()
    hour.close(snapshot(NOW - MINUTE, waiting=3, windows={30: counts}))
    row = board(latest_of(snapshot(NOW, waiting=3, windows={30: counts})), NOW).rows[0]
    assert row.service_level is not None
    assert hour.over([row.queue], NOW)[-1] == Point(
        3, row.service_level.numerator, row.service_level.n
    )
