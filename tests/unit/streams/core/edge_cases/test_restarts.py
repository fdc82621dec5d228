"""E15, E16: the platform starts anew, and so do we."""

from itertools import permutations

import pytest

from schemas.calls import Event
from schemas.counters import Counts
from schemas.legs import LegRow
from schemas.millis import SECOND
from tests.support.builders import call, clock, mark
from tests.support.retold import check
from tests.support.story import Story


def test_e15_a_restart_of_the_platform_drops_who_waited_there_and_nobody_else() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve", source="other")
    day.at("09:00:00").queued("ida")
    day.at("09:00:20").answered("ida")
    day.at("09:01:00").restarted()
    legs = day.legs()
    assert (legs["ada"].outcome, legs["ada"].reason) == ("dropped", "restart")
    assert (legs["ada"].left_at, legs["ada"].wait_ms) == (clock("09:01:00"), 60 * SECOND)
    assert (legs["eve"].outcome, legs["ida"].outcome) == ("open", "answered")
    assert legs["ida"].flags == ("end_unknown",)
    assert (day.snapshot().waiting, day.snapshot().in_service) == (1, 0)
    assert (day.today().dropped, day.today().abandoned) == (1, 0)
    assert day.history("09:00", "10:00").counts == {
        "offered": 3, "open": 1, "answered": 1, "answered_in_target": 1, "dropped": 1,
    }  # fmt: skip
    day.at("09:01:00").queued("new")  # the same second, after the restart
    day.say(call("queued", "late", clock("09:00:59")), appended_at=clock("09:01:02"))
    assert (day.legs()["new"].outcome, day.legs()["late"].outcome) == ("open", "dropped")
    day.at("09:01:00").restarted()  # told once more, as by a source that was killed
    assert day.legs()["new"].outcome == "open"
    day.at("09:02:00").resumed("ada")
    assert day.legs()["ada"].outcome == "open"
    check(day)


def test_e15_a_disconnect_of_the_adapter_closes_nothing() -> None:
    """We lost the platform, not the platform its callers."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:30").disconnected()
    assert (day.snapshot().waiting, day.today().dropped) == (1, 0)
    check(day)


@pytest.mark.parametrize("place", range(4))
def test_e15_the_restart_may_be_told_before_between_or_after_the_calls(place: int) -> None:
    facts: list[Event] = [
        call("queued", "ada", clock("09:00:00")),
        call("queued", "eve", clock("09:00:10")),
        call("answered", "eve", clock("09:00:20")),
    ]
    facts.insert(place, mark("restarted", clock("09:01:00")))
    day = Story()
    for fact in facts:
        day.say(fact, appended_at=clock("09:01:05"))
    assert {leg: row.outcome for leg, row in day.legs().items()} == {
        "ada": "dropped", "eve": "answered",
    }  # fmt: skip
    assert day.today() == Counts(
        offered=2, answered=1, answered_in_target=1, dropped=1, service_ended=1,
        answer_wait_ms=10 * SECOND,
    )  # fmt: skip
    check(day)


def test_e15_a_ghost_of_a_later_snapshot_was_dropped_by_the_restart_when_he_came_before_both() -> (
    None
):
    day = Story()
    day.at("09:01:00").restarted()
    day.at("09:01:02").queued("ada")  # the platform queues her again
    day.at("09:01:10").snapshot_begin()
    day.at("09:01:10").snapshot_end()
    assert day.legs()["ada"].outcome == "ghost"
    day.say(call("queued", "ada", clock("09:00:50")), appended_at=clock("09:01:12"))
    assert (day.legs()["ada"].outcome, day.legs()["ada"].reason) == ("dropped", "restart")
    assert (day.today().ghost, day.today().dropped) == (0, 1)
    check(day)


def test_e15_a_restart_that_is_told_late_ended_what_was_given_up_since() -> None:
    day = Story()
    day.at("09:00:50").queued("ada")
    day.at("09:01:10").snapshot_begin()
    day.at("09:01:10").snapshot_end()
    day.say(mark("restarted", clock("09:01:00")), appended_at=clock("09:01:12"))
    assert day.legs()["ada"].left_at == clock("09:01:00")
    assert (day.today().ghost, day.today().dropped) == (0, 1)
    check(day)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_e15_who_came_after_the_restart_was_not_dropped_by_it_whatever_was_heard_before(
    order: tuple[int, ...],
) -> None:
    facts = [
        call("offer_missed", "ada", clock("09:00:58"), agent="ann"),
        mark("restarted", clock("09:01:00")),
        call("queued", "ada", clock("09:01:02")),
    ]
    day = Story()
    for place in order:
        day.say(facts[place], appended_at=clock("09:01:05"))
    assert day.legs()["ada"].outcome == "open"
    assert (day.snapshot().waiting, day.today().dropped) == (1, 0)
    check(day)


@pytest.mark.parametrize("place", range(3))
def test_e15_of_two_restarts_the_first_after_the_call_ended_it_however_late_it_is_told(
    place: int,
) -> None:
    marks = [mark("restarted", clock(at)) for at in ("09:05:00", "09:10:00")]
    facts: list[Event] = [*marks]
    facts.insert(place, call("queued", "ada", clock("09:00:00")))
    day = Story()
    for fact in facts:
        day.say(fact, appended_at=clock("09:10:05"))
    assert day.legs()["ada"].left_at == clock("09:05:00")
    day.say(call("queued", "eve", clock("09:07:00")), appended_at=clock("09:10:06"))
    day.say(call("answered", "eve", clock("09:07:10")), appended_at=clock("09:10:06"))
    row = day.legs()["eve"]
    assert (row.outcome, row.ended_at, row.flags) == ("answered", clock("09:10"), ("end_unknown",))
    check(day)


def test_e16_a_new_worker_goes_on_where_the_dead_one_stopped() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").queued("eve")
    before = day.snapshot()
    day.restart()
    assert day.snapshot() == before
    day.at("09:00:15").answered("ada")
    assert (day.snapshot().waiting, day.today().offered, day.today().answered) == (1, 2, 1)
    check(day)


def test_e16_what_was_read_after_the_last_checkpoint_is_read_again() -> None:
    """The dead worker's memory is gone, its checkpoint stands: the same input, the same versions."""
    lucky, unlucky = Story(), Story()
    for day in (lucky, unlucky):
        day.at("09:00:00").queued("ada", event_id="ada-1")
        day.legs()  # a checkpoint
        day.at("09:00:15").answered("ada", event_id="ada-2", agent="ann")
        day.at("09:01:00").queued("eve", event_id="eve-1")
    unread = unlucky.records[1:]
    unlucky.unit = unlucky._fresh()
    assert unlucky.unit.next_offset == 1
    unlucky.unit.apply(unread)
    assert _told(unlucky) == _told(lucky)
    assert unlucky.totals() == lucky.totals()
    check(lucky)


def test_e16_a_queue_that_nobody_calls_any_more_is_still_there_after_a_crash() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    for hour in range(10, 34):
        day.tick(f"{hour}:00:00")
    day.restart()
    assert day.snapshot().waiting == 0
    assert day.snapshot().windows[60] == Counts()
    check(day)


def _told(day: Story) -> dict[str, LegRow]:
    return day.legs()
