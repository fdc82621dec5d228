"""The last half hour of a queue's agents: which minutes belong to it, and when nothing is known."""

import msgspec

from schemas.millis import MINUTE
from streams.core.agent_minutes import AgentMinutes
from streams.core.crew import crew
from tests.support.builders import MONDAY


def counted(minutes: int, agents: dict[str, int]) -> AgentMinutes:
    found = AgentMinutes()
    for minute in range(1, minutes + 1):
        found.note(MONDAY + minute * MINUTE, crew(agents, 0))
    return found


def test_thirty_minutes_are_added_up_and_one_less_is_not_known() -> None:
    agents = {"talking": 2, "wrap": 1, "available": 1, "not_ready": 7}
    last = MONDAY + 30 * MINUTE
    assert counted(29, agents).half_hour(last - MINUTE) is None
    assert counted(30, agents).half_hour(last) == (90, 120)
    assert counted(30, agents).half_hour(last + MINUTE - 1) == (90, 120)
    assert counted(30, agents).half_hour(last + MINUTE) is None


def test_the_oldest_minute_leaves() -> None:
    found = counted(30, {"talking": 1})
    for minute in range(31, 41):
        found.note(MONDAY + minute * MINUTE, crew({"available": 2}, 0))
    assert found.half_hour(MONDAY + 40 * MINUTE) == (20, 40)
    assert len(found.busy) == len(found.taking) == 30


def test_after_a_minute_that_was_not_counted_a_new_half_hour_begins() -> None:
    found = counted(30, {"talking": 1})
    found.note(MONDAY + 32 * MINUTE, crew({"talking": 1}, 0))
    assert (found.half_hour(MONDAY + 32 * MINUTE), found.busy) == (None, [1])


def test_two_queues_share_nothing_and_it_comes_back_from_state() -> None:
    assert counted(1, {"talking": 1}).busy == [1]
    assert AgentMinutes().busy == []
    made = counted(30, {"talking": 1, "available": 1})
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=AgentMinutes)
    assert read.half_hour(MONDAY + 30 * MINUTE) == (30, 60)


def test_who_is_gone_is_gone_for_two_minutes_and_for_ten_at_most() -> None:
    found = counted(20, {"available": 5, "talking": 3, "not_ready": 1})
    less = {"available": 3, "talking": 3, "not_ready": 1, "unreachable": 1, "logged_out": 1}
    gone = []
    for minute in range(21, 35):
        at = MONDAY + minute * MINUTE
        found.note(at, crew(less, 0))
        gone.append(found.gone(at))
    assert gone == [0] + [2] * 10 + [0] * 3
    assert found.gone(MONDAY + 36 * MINUTE) == 0  # nothing was counted for a minute


def test_who_pauses_is_not_gone_and_who_comes_back_at_once_was_not() -> None:
    found = counted(20, {"available": 8})
    found.note(MONDAY + 21 * MINUTE, crew({"available": 4, "not_ready": 4}, 0))
    found.note(MONDAY + 22 * MINUTE, crew({"available": 4, "not_ready": 4}, 0))
    assert found.gone(MONDAY + 22 * MINUTE) == 0
    found.note(MONDAY + 23 * MINUTE, crew({"available": 4}, 0))
    found.note(MONDAY + 24 * MINUTE, crew({"available": 8}, 0))
    assert found.gone(MONDAY + 24 * MINUTE) == 0
    assert AgentMinutes().gone(MONDAY) == 0


def test_minutes_of_a_release_that_did_not_count_the_reachable_say_nothing_of_them() -> None:
    former = msgspec.msgpack.encode({"until": MONDAY, "busy": [1] * 30, "taking": [9] * 30})
    found = msgspec.msgpack.decode(former, type=AgentMinutes)
    for minute in (1, 2):
        found.note(MONDAY + minute * MINUTE, crew({"available": 1}, 0))
        assert found.gone(MONDAY + minute * MINUTE) == 0
    assert found.half_hour(MONDAY + 2 * MINUTE) is not None
