"""The one sentence at the top, in words that tell what to do."""

import re

from msgspec.structs import replace

from dashboards.wallboard.headline import headline, heard
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.texts import LANGUAGES, texts_of
from dashboards.wallboard.truth import truth_of
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.counters import Counts
from schemas.opening import Opening, parse_weekly
from schemas.owners import Language
from schemas.snapshots import QueueSnapshot
from tests.support.floors import snapshot, targets
from tests.support.ruled import abandonment, ruled
from tests.support.walls import ACT, NOW, WATCH, latest_of, person


def said(latest: Latest, now: int = NOW, language: Language = "en") -> str:
    wall = board(latest, now)
    truth = truth_of(wall.rows, wall.parts, now)
    return re.sub(r"<[^>]*>", "", headline(wall.rows, truth, texts_of(language), now))


PIPES = targets(queue="pipes", name="Water")
TANKERS = targets(queue="tankers", name="Water tankers")
LATE = snapshot(
    NOW, queue="pipes", waiting=4, oldest_arrived_at=NOW - 190_000, attention=ACT,
    agents={"talking": 1},
)  # fmt: skip


def test_the_queue_its_callers_and_where_agents_are_free() -> None:
    latest = latest_of(
        LATE,
        snapshot(NOW, queue="tankers", agents={"available": 2}),
        promises=(PIPES, TANKERS),
        people=(
            person("ada", "talking", "pipes"),
            person("bo", "idle", "tankers"),
            person("cy", "idle", "tankers"),
        ),
    )
    assert said(latest) == (
        "Water: 4 waiting, oldest 3:10; its one agent is not free; 2 agents of Water tankers are free"
    )
    assert "Water tankers" in said(latest, language="zu")
    assert said(latest, language="id").startswith("Water: 4 menunggu, terlama 3:10; tidak satu")
    assert "4 متصلين" in said(latest, language="ar")


def test_who_serves_the_queue_anyway_is_nobody_who_could_help() -> None:
    latest = latest_of(
        LATE,
        snapshot(NOW, queue="tankers", agents={"available": 1}),
        promises=(PIPES, TANKERS),
        people=(person("ada", "idle", "tankers", "pipes"),),
    )
    assert said(latest) == "Water: 4 waiting, oldest 3:10; its one agent is not free"


def test_its_own_free_agents_and_how_many_other_queues() -> None:
    own = replace(LATE, agents={"available": 1})
    other = snapshot(NOW, queue="tankers", attention=WATCH)
    assert said(latest_of(own, other, promises=(PIPES, TANKERS))) == (
        "Water: 4 waiting, oldest 3:10; 1 of its own agents is free; 1 more queue needs a look"
    )


def test_calm_closed_and_unknown_are_said_as_such() -> None:
    assert said(latest_of(snapshot(NOW))) == "All is well: nobody waits too long"
    waiting = snapshot(NOW, waiting=1, oldest_arrived_at=NOW)
    assert said(latest_of(waiting)).startswith("All is well: 1 caller waits")
    hours = Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00"))
    shut = latest_of(promises=(targets(opening=hours),))
    assert said(shut) == "Nothing can be said of the queues now"  # nothing was heard at all
    old = latest_of(snapshot(NOW - 60_000, attention=ACT))
    assert said(old) == "Nothing can be said of the queues now"
    assert said(latest_of(promises=())) == "There is no queue here"


def test_what_is_heard_changes_only_with_the_queues_that_need_a_look() -> None:
    def heard_of(*waiting: int) -> str:
        shown = (replace(LATE, waiting=each) for each in waiting)
        wall = board(latest_of(*shown, promises=(PIPES,)), NOW)
        return heard(wall.rows, truth_of(wall.rows, wall.parts, NOW), texts_of("en"))

    assert heard_of(4) == heard_of(5) == "To act on: <bdi>Water</bdi>. To watch: none."


def test_all_is_not_well_while_somebody_waits_past_the_promise_or_without_one() -> None:
    """The word of the row may still be OK: one late caller of many is no reason to act."""
    well = Attention("ok")
    late = replace(LATE, attention=well, agents={})
    assert said(latest_of(late, promises=(PIPES,))) == "Water: 4 waiting, oldest 3:10"
    in_time = replace(late, oldest_arrived_at=NOW - 10_000)
    assert said(latest_of(in_time, promises=(PIPES,))) == (
        "All is well: 4 callers wait, within what was promised"
    )
    unpromised = replace(
        in_time, queue="new", configured=False, goal=None, formula=None, answer_within_ms=None,
        attention=Attention("no_goal"),
    )  # fmt: skip
    assert said(latest_of(unpromised)) == "new: 4 waiting, oldest 0:10"


def test_how_many_agents_there_are_tells_a_short_team_from_many_callers() -> None:
    here = {"talking": 2, "wrap": 1, "not_ready": 1, "logged_out": 9}
    assert said(latest_of(replace(LATE, agents=here), promises=(PIPES,))) == (
        "Water: 4 waiting, oldest 3:10; none of its 4 agents is free"
    )
    gone = replace(LATE, agents={"logged_out": 9})
    assert said(latest_of(gone, promises=(PIPES,))).endswith("; no agent is free")


def test_a_caller_who_has_just_come_is_not_why_a_queue_needs_a_look() -> None:
    below = replace(
        LATE, oldest_arrived_at=NOW - 4_000, attention=WATCH,
        windows={30: Counts(offered=10, answered=10, answered_in_target=1)},
    )  # fmt: skip
    assert said(latest_of(below, promises=(PIPES,))) == "Water: below its goal of 80%"
    late = replace(LATE, queue="tankers", attention=WATCH)
    assert said(latest_of(below, late, promises=(PIPES, TANKERS))).startswith("Water tankers: 4")


MENU = snapshot(
    NOW, queue="lights", windows={30: Counts(offered=40, short_abandoned=25, abandoned=25)}
)
LIGHTS = targets(
    queue="lights", name="Lights",
    alerts=ruled(abandonment(raise_above=0.2, clear_below=0.1, minimum=20)),
)  # fmt: skip


def test_who_hangs_up_at_once_is_named_although_the_word_of_the_queue_is_ok() -> None:
    at_once = "Lights: 25 of 40 callers hung up within 5s"
    watched = snapshot(NOW, queue="tankers", attention=WATCH)
    promises = (PIPES, TANKERS, LIGHTS)
    assert said(latest_of(MENU, promises=promises)) == at_once
    assert said(latest_of(MENU, watched, promises=promises)) == (
        f"{at_once}; 1 more queue needs a look"
    )
    assert said(latest_of(MENU, LATE, promises=promises)).endswith(f"not free; {at_once}")


def test_calls_that_the_platform_lost_are_said_where_nothing_else_tells_of_them() -> None:
    told = Counts(offered=40, service_ended=30, service_timed=30)
    hung = Counts(offered=40, dropped=2, service_ended=30, service_timed=27)
    few = Counts(offered=40, dropped=1, service_ended=30, service_timed=27)
    lost = "5 calls found lost by the platform in the last 30\N{NO-BREAK SPACE}min"

    def of(counts: Counts, today: Counts = told) -> QueueSnapshot:
        return snapshot(NOW, queue="lights", windows={30: counts}, today=today)

    promises = (PIPES, LIGHTS)
    assert said(latest_of(of(hung), promises=promises)) == lost
    assert said(latest_of(of(hung), LATE, promises=promises)).endswith(f"not free; {lost}")
    assert "lost" not in said(latest_of(of(few), promises=promises))  # on any day
    # A platform that tells of no end has lost nobody: it never says when a conversation ends.
    silent = Counts(offered=40, dropped=2, service_ended=30)
    assert "lost" not in said(latest_of(of(silent, silent), promises=promises))
    # Nobody has rung off yet since the day began, but minutes before they did.
    assert said(latest_of(of(hung, Counts(offered=2)), promises=promises)) == lost
    row = board(latest_of(of(few), promises=promises), NOW).rows
    assert [each.notes for each in row if each.queue == "lights"] == [
        ("4 calls found lost by the platform in the last 30\N{NO-BREAK SPACE}min",)
    ]


LOST = snapshot(
    NOW, queue="lights", windows={30: Counts(offered=40, dropped=5)}, today=Counts(offered=40, dropped=5)
)  # fmt: skip


def heard_in(language: Language, *shown: QueueSnapshot) -> str:
    wall = board(latest_of(*shown, promises=(PIPES, LIGHTS)), NOW)
    return heard(wall.rows, truth_of(wall.rows, wall.parts, NOW), texts_of(language))


def test_lost_calls_and_a_wrong_menu_are_heard_too_without_a_figure_that_changes() -> None:
    """They stand in the sentence that is seen, and no queue asks for somebody."""
    assert heard_in("en", LOST) == "The platform lost calls."
    assert heard_in("en", MENU) == "Callers hang up at once: <bdi>Lights</bdi>."
    both = heard_in("en", LATE, replace(MENU, windows={30: replace(MENU.windows[30], dropped=5)}))
    assert both == (
        "To act on: <bdi>Water</bdi>. To watch: none. Callers hang up at once: <bdi>Lights</bdi>. The platform lost calls."
    )
    for language in LANGUAGES:
        assert heard_in(language, LOST) != heard_in(language, snapshot(NOW))
