"""How old figures may be before the wall says so."""

import msgspec

from dashboards.wallboard.view import board
from schemas.codec import encode
from schemas.millis import MINUTE, from_iso
from tests.support.floors import snapshot
from tests.support.walls import NOW, latest_of, only_row


def test_a_silent_source_is_stale_at_once() -> None:
    row = only_row(latest_of(snapshot(NOW, source_stale=True)))
    assert row.condition == "stale"
    assert "its source fell silent" in row.notes


def test_an_idle_queue_that_is_published_again_has_not_moved() -> None:
    then = NOW - 200 * MINUTE
    latest = latest_of(snapshot(then, published_at=NOW - 60_000))
    again = snapshot(then, published_at=NOW)
    latest.apply("snapshots", b"burst-pipes", encode(again))
    assert board(latest, NOW).condition == "dead"


def test_old_figures_that_move_are_a_stream_that_catches_up() -> None:
    then = NOW - 200 * MINUTE
    wall = board(latest_of(snapshot(then, published_at=NOW - 1_000, waiting=3)), NOW)
    assert wall.condition == "behind"
    assert wall.banner == "CATCHING UP · as of 10:43:15"
    assert (wall.rows[0].sign.word, wall.rows[0].waiting) == ("OLD", 3)


def test_a_replay_moves_the_wall_and_says_its_date() -> None:
    then = from_iso("2010-08-01T10:00:00Z")
    shown = snapshot(
        then, published_at=NOW - 2_000, replay=True, waiting=1, oldest_arrived_at=then - 5_000
    )
    wall = board(latest_of(shown), NOW)
    assert (wall.condition, wall.banner) == ("replay", "REPLAY of 2010-08-01")
    assert wall.rows[0].sign.word == "OK"
    assert (wall.rows[0].oldest_wait_ms, wall.rows[0].ticking) == (7_000, True)
    assert board(latest_of(shown), NOW + 15_000).condition == "stale"
    assert board(latest_of(shown), NOW + 40_000).condition == "dead"
    ended = msgspec.structs.replace(shown, source_stale=True)
    assert board(latest_of(ended), NOW).banner == "NO LIVE DATA since 2010-08-01 12:00:00"
