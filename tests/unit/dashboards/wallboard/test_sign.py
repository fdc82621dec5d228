"""The word in front of a row, and the order of rows."""

import msgspec
import pytest

from dashboards.wallboard.page import Sign
from schemas.attention import Attention, AttentionLevel
from schemas.codec import encode
from schemas.millis import SECOND
from schemas.opening import Opening, parse_weekly
from tests.support.floors import snapshot, targets
from tests.support.walls import GOOD, NOW, POOR, latest_of, only_row


def test_a_row_says_what_the_core_judged_and_why() -> None:
    def sign(level: AttentionLevel, cause: str = "") -> Sign:
        return only_row(latest_of(snapshot(NOW, attention=Attention(level, cause)))).sign

    assert sign("act", "too long") == Sign("act", "ACT", "◆", "too long")
    assert sign("watch", "late") == Sign("watch", "WATCH", "▲", "late")
    assert sign("ok") == Sign("ok", "OK", "✓")
    assert sign("closed", "opens Thu 07:00") == Sign("none", "CLOSED", "–", "opens Thu 07:00")
    assert sign("no_goal", "not configured") == Sign("none", "NO GOAL", "–", "not configured")


def test_a_snapshot_of_a_former_release_is_shown_without_a_word_of_ours() -> None:
    """It carries no judgement: its figures stand, and nothing is made up beside them."""
    waiting = snapshot(NOW, waiting=9, oldest_arrived_at=NOW - 900_000, windows={30: POOR})
    former = msgspec.json.decode(encode(waiting))
    del former["attention"]
    latest = latest_of()
    latest.apply("snapshots", b"burst-pipes", msgspec.json.encode(former))
    row = only_row(latest)
    assert row.sign == Sign("none", "NONE", "–", "not judged: stream is an older release")
    assert (row.waiting, row.oldest_wait_ms, row.late) == (9, 900_000, True)
    assert row.service_level is not None
    assert (row.service_level.text, row.service_level.against_goal) == ("66", "missed")


@pytest.mark.parametrize(
    ("age_s", "condition", "word", "level"),
    [
        (0, "live", "OK", "ok"),
        (9, "live", "OK", "ok"),
        (10, "stale", "STALE", "none"),
        (29, "stale", "STALE", "none"),
        (30, "dead", "NO DATA", "none"),
    ],
)
def test_old_figures_are_never_green(age_s: int, condition: str, word: str, level: str) -> None:
    then = NOW - age_s * SECOND
    waiting = snapshot(then, windows={30: GOOD}, waiting=1, oldest_arrived_at=then - 5_000)
    row = only_row(latest_of(waiting))
    assert (row.condition, row.sign.word, row.sign.level) == (condition, word, level)
    assert row.ticking == (condition == "live")
    if condition == "stale":  # the clock of the oldest wait stands with its figures
        assert row.oldest_wait_ms == 5_000
        assert row.sign.why == f"as of {row.as_of_text}"
    if condition == "dead":
        assert (row.waiting, row.oldest_wait_ms, row.service_level) == (None, None, None)
        assert row.sign.why == "since 14:02:45"


def test_a_queue_that_nothing_was_heard_of_is_closed_or_quiet() -> None:
    hours = Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00"))
    row = only_row(latest_of(promises=(targets(opening=hours),)))
    assert (row.sign.word, row.sign.why) == ("CLOSED", "opens Thu 07:00")


def test_a_queue_that_nobody_called_yet_is_there_without_figures() -> None:
    row = only_row(latest_of())
    assert (row.condition, row.sign.word, row.sign.why) == (
        "unseen",
        "QUIET",
        "no traffic yet",
    )
    assert (row.waiting, row.service_level, row.goal) == (None, None, 0.8)
