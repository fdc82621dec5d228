"""Why a queue needs a look, from its present figures."""

from dashboards.wallboard.cause import cause
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.texts import texts_of
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.opening import Opening, parse_weekly
from tests.support.floors import snapshot, targets
from tests.support.walls import ACT, NOW, POOR, WATCH, alert, latest_of, only_row


def said(latest: Latest, now: int = NOW) -> str:
    return cause(only_row(latest, now), texts_of("en"), now)


def test_an_alert_is_named_with_its_time_and_without_the_figures_of_that_time() -> None:
    fired = alert(
        rule="oldest_wait", severity="page", onset_at=NOW - 300_000, reason="5 waiting, the oldest for 2m19s"
    )  # fmt: skip
    seen = snapshot(NOW, waiting=29, attention=Attention("act", "5 waiting, the oldest for 2m19s"))
    assert said(latest_of(seen, alerts=(fired,))) == "somebody waits too long, since 13:58"


def test_each_cause_of_the_judgement_has_its_words() -> None:
    late = {"waiting": 1, "oldest_arrived_at": NOW - 30_000}
    for seen, text in (
        (snapshot(NOW, **late, attention=ACT, agents={"logged_out": 2}), "callers wait and nobody is logged in"),
        (snapshot(NOW, windows={30: POOR}, attention=WATCH), "below its goal of <bdi>80%</bdi>"),
        (snapshot(NOW, **late, attention=WATCH), "a caller waits longer than 20s"),
        (snapshot(NOW, agents={"logged_out": 2}, attention=WATCH), "open, and nobody is logged in"),
        (snapshot(NOW, today=POOR, attention=WATCH), "below its goal of <bdi>80%</bdi> today"),
        (snapshot(NOW, attention=Attention("watch", "<raised>")), "&lt;raised&gt;"),
        (snapshot(NOW), ""),
        (snapshot(NOW - 30_000), "since 14:02:45"),
    ):  # fmt: skip
        assert said(latest_of(seen)) == text


def test_times_of_a_queue_whose_clock_is_not_that_of_the_board_name_its_zone() -> None:
    """The clock and the line over the page are the board's: without the name both look like one clock."""
    there = (targets(time_zone="Asia/Jakarta"),)
    assert said(latest_of(snapshot(NOW - 30_000), promises=there)) == "since 19:02:45 Asia/Jakarta"
    (row,) = board(latest_of(snapshot(NOW - 30_000), promises=there), NOW).rows
    assert row.as_of_text == "19:02:45 Asia/Jakarta"
    fired = alert(rule="oldest_wait", severity="page", onset_at=NOW - 300_000)
    late = snapshot(NOW, waiting=29, attention=ACT)
    assert said(latest_of(late, promises=there, alerts=(fired,))).endswith("18:58 Asia/Jakarta")
    same = (targets(time_zone="Africa/Maputo"),)  # another name of the same time
    assert said(latest_of(snapshot(NOW - 30_000), promises=same)) == "since 14:02:45"


def test_a_closed_queue_says_when_it_opens() -> None:
    hours = Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00"))
    shut = (targets(opening=hours),)
    assert said(latest_of(promises=shut)) == "opens 2026-11-19 07:00"
    waiting = snapshot(NOW, waiting=1, oldest_arrived_at=NOW, attention=WATCH)
    assert said(latest_of(waiting, promises=shut)) == "callers wait and the queue is closed"
    never = (targets(opening=Opening(weekly=())),)
    assert said(latest_of(promises=never)) == "no opening within two weeks"
