"""The one sentence at the top, in words that tell what to do."""

import re

from msgspec.structs import replace

from dashboards.wallboard.headline import headline, heard
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.texts import texts_of
from dashboards.wallboard.truth import truth_of
from dashboards.wallboard.view import board
from schemas.attention import Attention
from schemas.opening import Opening, parse_weekly
from schemas.owners import Language
from tests.support.floors import snapshot, targets
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
    assert said(latest) == "Water: 4 waiting, oldest 3:10; 2 agents of Water tankers are free"
    assert "Water tankers" in said(latest, language="zu")
    assert said(latest, language="id").startswith("Water: 4 menunggu, terlama 3:10; 2 agen")
    assert "4 متصلين" in said(latest, language="ar")


def test_who_serves_the_queue_anyway_is_nobody_who_could_help() -> None:
    latest = latest_of(
        LATE,
        snapshot(NOW, queue="tankers", agents={"available": 1}),
        promises=(PIPES, TANKERS),
        people=(person("ada", "idle", "tankers", "pipes"),),
    )
    assert said(latest) == "Water: 4 waiting, oldest 3:10; no agent is free"


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
