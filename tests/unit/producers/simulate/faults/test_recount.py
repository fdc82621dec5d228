"""The rules of the recount, one by one; that the core agrees is shown in tests/property."""

from typing import Any

import pytest

from producers.contract import RawRecord
from producers.simulate.faults.recount import Recount
from tests.support.builders import BILLING, agent, call, clock, mark


class Day:
    """Facts in the order of delivery; the broker hears of them in time unless somebody says when."""

    def __init__(self) -> None:
        self.recount = Recount()

    def say(self, text: str, kind: str, leg: str = "", broker: str = "", **more: Any) -> "Day":
        at = clock(text)
        event = call(kind, leg, at, **more) if leg else mark(kind, at, **more)
        self.recount.hear(event, clock(broker) if broker else at)  # type: ignore[arg-type]
        return self

    def outcome(self, leg: str = "ada") -> tuple[str, int | None, str]:
        return self.recount.stories[BILLING, leg].outcome()


def waiting() -> Day:
    return Day().say("09:00", "queued", "ada")


def test_facts_in_any_order_and_twice() -> None:
    day = Day().say("09:10", "answered", "ada").say("09:00", "queued", "ada")
    day.say("09:05", "answered", "ada", event_id="x").say("09:05", "answered", "ada", event_id="x")
    assert day.outcome() == ("answered", clock("09:05"), "")
    assert day.recount.stories[BILLING, "ada"].arrived_at == clock("09:00")
    assert len(day.recount.stories[BILLING, "ada"].facts) == 3


def test_an_exit_an_end_without_an_answer_and_neither() -> None:
    assert waiting().say("09:01", "exited", "ada", reason="timeout").outcome() == (
        "exited", clock("09:01"), "timeout",
    )  # fmt: skip
    assert waiting().say("09:01", "ended", "ada").outcome()[:2] == ("answered", clock("09:01"))
    assert waiting().outcome() == ("open", None, "")


def test_a_restart_drops_who_waits_and_who_is_told_later() -> None:
    day = waiting().say("09:10", "restarted").say("09:10", "queued", "new")
    day.say("11:10", "restarted").say("09:05", "queued", "eve", broker="11:10")
    assert day.outcome() == day.outcome("eve") == ("dropped", clock("09:10"), "restart")
    assert day.outcome("new") == ("dropped", clock("11:10"), "restart")
    day.say("09:09", "abandoned", "ada", broker="11:11")
    assert day.outcome()[0] == "abandoned"


def test_a_snapshot_that_does_not_name_a_caller_and_one_that_does_again() -> None:
    day = waiting().say("09:00", "queued", "eve").say("09:20", "snapshot_begin")
    day.say("09:20", "present", "eve").say("09:20", "snapshot_end")
    assert day.outcome() == ("ghost", clock("09:20"), "snapshot")
    assert day.outcome("eve") == ("open", None, "")
    day.say("09:40", "snapshot_begin").say("09:40", "present", "ada").say("09:40", "snapshot_end")
    assert day.outcome() == ("open", None, "")
    assert day.outcome("eve") == ("ghost", clock("09:40"), "snapshot")


def test_two_hours_of_waiting_when_the_minute_is_over() -> None:
    day = waiting().say("11:00:04", "tick")
    assert day.outcome() == ("open", None, "")
    assert day.say("11:00:05", "tick").outcome() == ("ghost", clock("11:00"), "waiting_cap")


def test_who_never_called_is_placed_by_a_told_wait_or_not_at_all() -> None:
    day = Day().say("09:20", "snapshot_begin").say("09:20", "present", "ada", wait_ms=60_000)
    day.say("09:20", "present", "eve").say("09:20", "snapshot_end")
    stories = day.recount.stories
    assert stories[BILLING, "ada"].arrived_at == clock("09:19")
    assert stories[BILLING, "eve"].arrived_at is None


@pytest.mark.parametrize(("ahead", "refused"), [("09:00:05", 0), ("09:00:05.001", 1)])
def test_ahead_of_the_broker(ahead: str, refused: int) -> None:
    day = Day().say(ahead, "queued", "ada", broker="09:00")
    assert day.recount.refused.get("ahead_of_broker", 0) == refused
    assert len(day.recount.stories) == 1 - refused


def test_a_call_is_forgotten_six_hours_after_its_last_fact() -> None:
    day = waiting().say("09:01", "abandoned", "ada").say("09:00", "queued", "eve")
    day.say("09:01", "answered", "eve")  # and talks on
    day.say("15:01:05", "tick").say("09:00:30", "queued", "ada", broker="15:02")
    assert day.recount.refused == {}
    day.say("15:01:10", "tick").say("09:00:30", "queued", "ada", broker="15:02")
    assert day.recount.refused == {"too_old": 1}
    day.say("09:00:30", "queued", "ida", broker="15:02")
    day.say("09:00:40", "held", "eve", broker="15:02")
    assert day.recount.refused == {"too_old": 2}
    day.say("15:02", "restarted").say("09:00:40", "unheld", "eve", broker="15:02")
    assert day.recount.refused == {"too_old": 2}, "kept six hours from the restart that ended it"


def test_a_queue_of_which_nothing_was_heard_has_no_clock() -> None:
    day = Day().say("18:00", "tick").say("09:00", "queued", "ada", broker="18:00")
    assert day.outcome() == ("open", None, "")


def test_what_was_delivered_is_heard_on_topic_calls_and_counted_where_it_is_no_event() -> None:
    recount, nine = Recount(), clock("09:00")
    for topic, event in (
        ("calls", call("queued", "ada", nine)),
        ("calls", call("queued", "eve", clock("09:00:06"))),
        ("calls", mark("restarted", nine)),
        ("agents", mark("restarted", nine)),
        ("agents", agent("available", "ann", nine)),
        ("calls", RawRecord(BILLING, b"{")),
    ):
        recount.delivered(topic, event, nine)  # type: ignore[arg-type]
    assert list(recount.stories) == [(BILLING, "ada")]
    assert recount.stories[BILLING, "ada"].outcome()[0] == "dropped"
    assert recount.refused == {"ahead_of_broker": 1, "malformed": 1}
