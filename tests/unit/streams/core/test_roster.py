"""Who is signed in, per queue; the newest version of each agent wins."""

from typing import Any

from msgspec.structs import replace

from schemas.agents import RosterEntry
from streams.core.roster import Roster
from tests.support.builders import MONDAY


def entry(
    version: int, routing: Any = "available", activity: Any = "idle", *queues: str
) -> RosterEntry:
    return RosterEntry(
        "ann", version, "node", routing, activity, "", MONDAY, MONDAY, queues or ("q",)
    )


def test_the_newest_version_wins_in_any_order() -> None:
    roster = Roster()
    roster.update(entry(5, "available", "talking"))
    roster.update(entry(4))
    roster.update(entry(5, "not_ready"))
    assert roster.agents_of("q") == {"talking": 1}
    assert roster.changed == {"q"}


def test_an_agent_who_leaves_a_queue_leaves_its_counts() -> None:
    roster = Roster()
    roster.update(entry(1, "available", "idle", "q", "r"))
    roster.update(entry(2, "available", "idle", "r"))
    assert roster.agents_of("r") == {"available": 1}
    assert roster.agents_of("q") == {"available": 0}


def test_who_paused_in_one_queue_is_not_ready_there_and_available_in_the_other() -> None:
    roster = Roster()
    ann = entry(1, "available", "idle", "q", "r")
    roster.update(replace(ann, not_ready_queues=("q", "never served")))
    assert (roster.agents_of("q"), roster.agents_of("r")) == ({"not_ready": 1}, {"available": 1})
    assert roster.agents_of("never served") == {}
    roster.update(replace(ann, version=2, activity="talking", not_ready_queues=("q",)))
    assert (roster.agents_of("q"), roster.agents_of("r")) == ({"talking": 1}, {"talking": 1})
    roster.update(replace(ann, version=3, routing_state="unreachable", not_ready_queues=("q",)))
    assert roster.agents_of("q") == roster.agents_of("r") == {"unreachable": 1}
    roster.update(replace(ann, version=4))
    assert roster.agents_of("q") == roster.agents_of("r") == {"available": 1}


def test_everybody_gone_is_nobody_available_and_nobody_ever_seen_is_not_measured() -> None:
    roster = Roster()
    roster.update(entry(1, "logged_out"))
    assert roster.agents_of("q") == {"available": 0}
    assert roster.agents_of("other") == {}


def test_it_knows_the_reason_for_which_most_pause_and_forgets_who_came_back() -> None:
    roster = Roster()
    ann = replace(entry(1, "not_ready"), reason="lunch")
    roster.update(ann)
    roster.update(replace(ann, agent="bo"))
    roster.update(replace(ann, agent="cy", reason="break"))
    roster.update(replace(ann, agent="dee", queues=("r",)))
    assert roster.on_one_reason("q", MONDAY + 1) == ("lunch", 2)
    assert roster.on_one_reason("q", MONDAY) == ("", 0)  # none has paused for longer
    roster.update(replace(ann, agent="bo", version=2, reason="break", since=MONDAY + 5))
    assert roster.on_one_reason("q", MONDAY + 1) == ("break", 1)  # as many: by name
    assert roster.on_one_reason("q", MONDAY + 6) == ("break", 2)
    roster.update(replace(ann, agent="cy", version=2, routing_state="available"))
    roster.update(replace(ann, agent="bo", version=3, activity="talking"))
    assert roster.on_one_reason("q", MONDAY + 9) == ("lunch", 1)
    assert roster.on_one_reason("never served", MONDAY + 9) == ("", 0)


def test_it_knows_the_queues_that_agents_ever_served_and_who_told_so() -> None:
    roster = Roster()
    roster.update(entry(1, "available", "idle", "q", "r"))
    roster.update(replace(entry(2, "available", "idle", "s"), source="other"))
    assert roster.queues() == ["q", "r", "s"]
    assert [roster.sources_of(queue) for queue in ("r", "s", "t")] == [{"node"}, {"other"}, set()]


def test_who_asked_may_keep_what_was_said() -> None:
    roster = Roster()
    roster.update(entry(1))
    before = roster.agents_of("q")
    assert roster.agents_of("q") is before
    roster.update(entry(2, "available", "talking"))
    assert (before, roster.agents_of("q")) == ({"available": 1}, {"talking": 1})


def test_it_counts_who_pauses_in_all_queues() -> None:
    roster = Roster()
    assert roster.paused("q") == 0
    roster.update(entry(1, "not_ready"))
    assert roster.paused("q") == 1
    roster.update(entry(2, "not_ready", "talking"))
    assert roster.paused("q") == 0


def test_an_agent_taken_out_of_a_queue_counts_as_signed_out_there() -> None:
    roster = Roster()
    roster.update(entry(1))
    gone = replace(entry(2, "logged_out"), queues=("other",), since=MONDAY, at=MONDAY + 5)
    roster.update(gone)
    assert (roster.last_sign_out("q"), roster.last_sign_out("other")) == (MONDAY + 5, MONDAY)
    assert roster.is_told_since(gone.agent, MONDAY + 4)
    assert not roster.is_told_since(gone.agent, MONDAY + 5)
    assert not roster.is_told_since("nobody", 0)


def test_it_knows_when_the_last_of_those_left_who_are_signed_out() -> None:
    roster = Roster()
    assert roster.last_sign_out("q") == 0
    roster.update(replace(entry(1, "logged_out"), since=MONDAY + 1))
    roster.update(replace(entry(1, "logged_out"), agent="bo", since=MONDAY + 2))
    assert roster.last_sign_out("q") == MONDAY + 2
    roster.update(replace(entry(2), agent="bo", since=MONDAY + 3))
    assert roster.last_sign_out("q") == MONDAY + 1
