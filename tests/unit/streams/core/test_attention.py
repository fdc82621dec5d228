"""OK, WATCH or ACT: every cause, in the order in which causes count."""

import pytest
from msgspec.structs import replace

from schemas.agents import RosterEntry
from schemas.attention import Attention
from schemas.counters import Counts
from schemas.millis import MINUTE, SECOND, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.targets import Targets
from streams.core.attention import RaisedRule, attention
from tests.support.builders import clock, mark
from tests.support.floors import snapshot, targets
from tests.support.ruled import abandonment, oldest_wait, ruled
from tests.support.story import Story

NOW = from_iso("2026-11-18T12:03:15Z")  # a Wednesday, 14:03:15 in Johannesburg
GOOD = Counts(offered=10, answered=10, answered_in_target=9)
POOR = Counts(offered=10, answered=8, answered_in_target=6, abandoned=2, short_abandoned=1)
PAGE = RaisedRule("oldest_wait", "page", fires=True, sentence="too long")
SOON = RaisedRule("oldest_wait", "page", fires=False, sentence="long")
WARN = RaisedRule("abandonment", "warn", fires=True, sentence="30 % hung up")
WARN_SOON = RaisedRule("abandonment", "warn", fires=False, sentence="25 % hung up")
PROMISE = targets()
CLOSED = targets(opening=Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00")))


def judged(*rules: RaisedRule, promise: Targets | None = PROMISE, **changes: object) -> Attention:
    return attention(snapshot(NOW, **changes), promise, rules, NOW)


def late(wait_ms: int, **changes: object) -> Attention:
    return judged(waiting=1, oldest_arrived_at=NOW - wait_ms, **changes)  # type: ignore[arg-type]


def test_a_calm_queue_is_ok_without_a_cause() -> None:
    assert judged(windows={30: GOOD}) == Attention("ok")


def test_what_pages_is_act_and_before_it_fires_too() -> None:
    assert judged(PAGE) == Attention("act", "too long", "oldest_wait")
    assert judged(SOON) == Attention("act", "long", "oldest_wait")
    assert judged(WARN, SOON, PAGE) == Attention("act", "too long", "oldest_wait")


def test_another_rule_is_watch_once_it_fires() -> None:
    assert judged(WARN) == Attention("watch", "30 % hung up", "abandonment")
    assert judged(WARN_SOON) == Attention("ok")


def test_a_note_is_watch_and_a_rehearsal_changes_nothing() -> None:
    assert judged(WARN._replace(severity="note")) == Attention(
        "watch", "30 % hung up", "abandonment"
    )
    assert judged(PAGE._replace(severity="rehearse")) == Attention("ok")
    assert judged(PAGE._replace(severity="rehearse"), WARN) == judged(WARN)


def test_callers_before_an_empty_room_are_act() -> None:
    cause = "callers wait and nobody is logged in"
    assert late(0, agents={"logged_out": 4}) == Attention("act", cause)
    assert late(0, agents={"available": 0}) == Attention("act", cause)
    assert late(0, agents={"not_ready": 1}).level == "ok"
    assert late(0).level == "ok"  # agents are not measured
    nobody = Attention("watch", "open, and nobody is logged in")
    assert judged(agents={"available": 0}) == judged(agents={"logged_out": 2}) == nobody
    assert judged(promise=CLOSED, agents={"available": 0}).level == "closed"
    assert judged(promise=None, agents={"available": 0}).level == "no_goal"


def test_a_caller_past_the_target_is_watched() -> None:
    assert late(20_000) == Attention("ok")
    assert late(20_001) == Attention("watch", "a caller waits longer than 20 s")


def test_a_missed_goal_is_watched_with_enough_calls_behind_it() -> None:
    assert judged(windows={30: POOR}) == Attention("watch", "below its goal of 80 %")
    half = targets(goal=0.675)
    assert judged(promise=half, goal=0.675, windows={30: POOR}).cause == "below its goal of 67.5 %"
    few = Counts(offered=4, answered=4, answered_in_target=1)
    enough = Counts(offered=5, answered=5, answered_in_target=1)
    assert judged(windows={30: few}).level == "ok"
    assert judged(windows={30: enough}).level == "watch"
    assert judged(windows={60: POOR}).level == "ok"


def test_a_goal_missed_today_is_watched_though_nothing_is_wrong_now() -> None:
    today = Counts(offered=52, answered=52, answered_in_target=21)
    cause = "40 % of 52 today, below its goal of 80 %"
    assert (
        judged(today=today) == judged(windows={30: GOOD}, today=today) == Attention("watch", cause)
    )
    assert judged(windows={30: POOR}, today=today).cause == "below its goal of 80 %"
    nearly = Counts(offered=1_000, answered=1_000, answered_in_target=799)
    assert judged(today=nearly).cause == "79 % of 1000 today, below its goal of 80 %"
    assert judged(today=Counts(offered=4, answered=4)).level == "ok"  # few calls
    assert judged(promise=CLOSED, today=today).level == "closed"


def test_a_closed_queue_is_not_held_against_its_goal_and_watched_while_callers_wait() -> None:
    assert judged(promise=CLOSED, windows={30: POOR}) == Attention("closed", "opens Thu 07:00")
    waiting = judged(promise=CLOSED, waiting=1, oldest_arrived_at=NOW)
    assert waiting == Attention("watch", "callers wait and the queue is closed")
    assert judged(WARN, promise=CLOSED) == Attention("watch", "30 % hung up", "abandonment")


def test_a_queue_that_nobody_configured_has_no_goal_but_may_need_people() -> None:
    bare = {"configured": False, "goal": None, "formula": None, "answer_within_ms": None}
    assert judged(promise=None, windows={30: POOR}, **bare) == Attention(
        "no_goal", "not configured"
    )
    alone = judged(promise=None, waiting=1, agents={"available": 0}, **bare)
    assert alone.level == "act"


# ---- as the stream judges --------------------------------------------------------------------


def told(story: Story, now: str) -> Attention:
    """What the snapshot of that moment says, without an event since."""
    (found,) = story.unit.snapshots(now=clock(now, story.day))
    assert found.attention is not None
    return found.attention


def test_waiting_past_the_target_shows_without_an_event() -> None:
    day = Story().at("09:00:00").queued("ada")
    assert told(day, "09:00:20").level == "ok"
    assert told(day, "09:00:21") == Attention("watch", "a caller waits longer than 20 s")


def test_an_idle_queue_is_judged_again_within_two_seconds() -> None:
    day = Story().at("09:00:00").queued("ada")
    shown = [
        (at, each.attention)
        for at in range(clock("09:00:18"), clock("09:00:24"), 100)
        for each in day.unit.changed_snapshots(at)
    ]
    first = min(at for at, found in shown if found and found.level == "watch")
    assert first - clock("09:00:20") <= 2 * SECOND


def test_passing_the_limit_of_a_paging_rule_is_act_before_the_rule_is_asked() -> None:
    rule = oldest_wait(raise_above_ms=3 * MINUTE, clear_below_ms=MINUTE, hold_ms=30 * SECOND)
    day = Story(alerts=ruled(rule)).at("09:00:00").queued("ada")
    assert told(day, "09:03:00").level == "watch"
    assert told(day, "09:03:01") == Attention(
        "act", "1 waiting, the oldest for 3m1s (limit 3m)", "oldest_wait"
    )


def test_an_alert_that_still_fires_is_act_though_nobody_waits_any_more() -> None:
    rule = oldest_wait(raise_above_ms=MINUTE, clear_below_ms=30 * SECOND, clear_hold_ms=MINUTE)
    day = Story(alerts=ruled(rule)).at("09:00:00").queued("ada")
    day.tick("09:01:30").at("09:01:31").answered("ada")
    assert day.alerts() == ["oldest_wait firing"]
    assert told(day, "09:01:40").level == "act"
    for at in ("09:01:50", "09:02:10", "09:02:30", "09:02:50"):
        day.tick(at)
    assert day.alerts() == ["oldest_wait resolved"]
    assert told(day, "09:02:51").level == "ok"


def test_a_warning_rule_is_watch_with_its_sentence() -> None:
    rule = abandonment(raise_above=0.2, clear_below=0.1, minimum=5)
    day = Story(alerts=ruled(rule), goal=0.1)
    for number in range(10):
        day.at(f"09:00:{10 + number}").queued(f"c{number}")
        kind = "abandoned" if number < 4 else "answered"
        getattr(day.at(f"09:00:{30 + number}"), kind)(f"c{number}")
    day.tick("09:01:00")
    assert day.alerts() == ["abandonment firing"]
    found = told(day, "09:01:00")
    assert (found.level, found.cause.startswith("40 % of 10 callers")) == ("watch", True)


def test_opening_and_closing_show_without_an_event() -> None:
    hours = Opening(weekly=parse_weekly("Mon 09:00-17:00"))
    day = Story(opening=hours).at("10:00:00").queued("ada")
    day.at("10:00:05").answered("ada")
    assert told(day, "16:59:59").level == "ok"
    assert told(day, "17:00:00") == Attention("closed", "opens Mon 9 Mar 09:00")


@pytest.mark.parametrize(("replay", "level"), [(False, "watch"), (True, "ok")])
def test_a_replay_is_judged_by_its_own_clock(replay: bool, level: str) -> None:
    day = Story().at("09:00:00").queued("ada", replay=replay)
    day.say(mark("tick", clock("09:00:10"), replay=replay))
    assert told(day, "11:00:00").level == level


def test_nobody_signed_in_is_measured_by_the_roster() -> None:
    day = Story().at("09:00:00").queued("ada")
    assert told(day, "09:00:01").level == "ok"
    at = clock("08:00:00")
    ann = RosterEntry("ann", 1, "node", "logged_out", "idle", "", at, at, (day.queue,))
    day.roster.update(ann)
    assert told(day, "09:00:01") == Attention("act", "callers wait and nobody is logged in")
    day.roster.update(replace(ann, version=2, routing_state="not_ready"))
    assert told(day, "09:00:01").level == "ok"


def test_without_a_goal_or_a_formula_no_level_is_held_against_anything() -> None:
    assert judged(windows={30: POOR}, goal=None).level == "ok"
    assert judged(windows={30: POOR}, formula=None).level == "ok"
