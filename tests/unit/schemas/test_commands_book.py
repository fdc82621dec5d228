"""Who has an alert, what is muted, whatever the order of the clocks."""

from msgspec.structs import replace

from schemas.commands import (
    Acknowledged,
    LineShown,
    LineTaken,
    MarkedFalse,
    Muted,
    Noted,
    Notified,
    Released,
    Unmuted,
    command_key,
)
from schemas.commands_book import CommandsBook
from schemas.millis import MINUTE, SECOND
from tests.support.alerts import NOON, alert

FIRING = alert()
HAD = Acknowledged(who="ann", at=NOON, alert_id=FIRING.alert_id)


def book(*commands: object) -> CommandsBook:
    made = CommandsBook()
    for command in commands:
        made.apply(command)  # type: ignore[arg-type]
    return made


def test_an_acknowledgement_is_of_one_alert_and_ends_with_it() -> None:
    held = book(HAD)
    assert held.acknowledged(FIRING) == HAD
    assert held.acknowledged(alert("pending")) == HAD
    assert held.acknowledged(alert("resolved")) is None
    assert held.acknowledged(alert(alert_id="oldest_wait/billing/2")) is None
    assert held.why_quiet(FIRING, NOON + 3 * MINUTE + 500) == "ann has it for 3m"
    assert held.why_quiet(FIRING, NOON - SECOND) == "ann has it for 0s"


def test_the_newest_word_holds() -> None:
    given_back = Released(who="bo", at=NOON + 1, alert_id=FIRING.alert_id)
    taken = Acknowledged(who="bo", at=NOON + 2, alert_id=FIRING.alert_id)
    assert book(HAD, given_back).acknowledged(FIRING) is None
    assert book(HAD, given_back).why_quiet(FIRING, NOON) == ""
    assert book(HAD, given_back, taken).acknowledged(FIRING) == taken
    assert book(taken, HAD).acknowledged(FIRING) == taken  # written late, said early
    again = replace(HAD, note="still")
    assert book(HAD, again).acknowledged(FIRING) == again  # the same record, written again
    assert book(HAD, given_back, taken).told(FIRING.alert_id) == [HAD, given_back, taken]


def test_a_mute_holds_before_its_end_for_what_it_names() -> None:
    mute = Muted(who="ann", at=NOON, mute_id="m", until=NOON + MINUTE, queue="billing")
    held = book(mute)
    assert held.muted(FIRING, NOON + MINUTE - 1) == mute
    assert held.muted(FIRING, NOON + MINUTE) is None
    assert held.muted(alert(queue="repairs"), NOON) is None
    assert held.why_quiet(FIRING, NOON) == "muted by ann for another 1m"
    of_rule = replace(mute, mute_id="r", queue="", rule="oldest_wait", until=NOON + 2 * MINUTE)
    both = book(mute, of_rule)
    assert both.muted(FIRING, NOON) == of_rule  # the one that ends last
    assert both.muted(alert(rule="abandonment", queue="repairs"), NOON) is None
    assert both.mutes(NOON) == [mute, of_rule]
    ended = book(mute, of_rule, Unmuted(who="ann", at=NOON + 1, mute_id="r"))
    assert ended.mutes(NOON + 2) == [mute]
    assert book(replace(mute, queue="")).muted(alert(rule="x", queue="y"), NOON) is not None


def test_planned_maintenance_holds_before_its_end_and_who_has_the_alert_is_said_first() -> None:
    planned = alert(maintenance_until=NOON + MINUTE, maintenance="maintenance until 12:01 (PBX)")
    assert book().why_quiet(planned, NOON + MINUTE - 1) == "maintenance until 12:01 (PBX)"
    assert book().why_quiet(planned, NOON + MINUTE) == ""
    assert book(HAD).why_quiet(planned, NOON + 3 * MINUTE - 1).startswith("ann has it")


def test_what_was_told_of_an_alert() -> None:
    first = Noted(who="ann", at=NOON + 5, alert_id=FIRING.alert_id, note="no power")
    second = Noted(who="bo", at=NOON + 3, alert_id=FIRING.alert_id, note="on my way")
    other = Noted(who="bo", at=NOON, alert_id="x", note="not here")
    assert book(first, HAD, second, other).told(FIRING.alert_id) == [HAD, second, first]


def test_who_says_that_an_alert_was_false_does_not_take_it_from_who_has_it() -> None:
    first = MarkedFalse(who="bo", at=NOON + 1, alert_id=FIRING.alert_id, note="a test call")
    later = replace(first, at=NOON + 2, note="two test calls")
    held = book(HAD, later, first)
    assert held.acknowledged(FIRING) == HAD
    assert held.told(FIRING.alert_id) == [HAD, first, later]
    assert book(first).acknowledged(FIRING) is None
    assert book(first).why_quiet(FIRING, NOON) == ""  # it is told on


def test_the_steps_of_an_escalation_and_when_the_next_one_comes() -> None:
    first = Notified(
        who="notify", at=NOON, alert_id=FIRING.alert_id, owner=FIRING.owner, step=0, to=("duty",),
        next_to=("lead",), next_after_ms=5 * MINUTE,
    )  # fmt: skip
    second = replace(first, step=1, at=NOON + 5 * MINUTE, to=("lead",), next_to=())
    held = book(first)
    assert held.notified(FIRING) == [first]
    assert held.next_step_at(FIRING) == NOON + 5 * MINUTE
    assert held.told(FIRING.alert_id) == []  # nobody said anything
    assert held.why_quiet(FIRING, NOON) == ""
    again = replace(first, at=NOON + 1)
    assert command_key(again) == command_key(first)  # the same step
    both = book(first, second, again)
    assert both.notified(FIRING) == [again, second]
    assert both.next_step_at(FIRING) is None
    assert both.notified(replace(FIRING, owner="other")) == []
    assert book().next_step_at(FIRING) is None


def test_who_gives_an_alert_back_gives_the_others_the_same_time_again() -> None:
    first = Notified(
        who="notify", at=NOON, alert_id=FIRING.alert_id, owner=FIRING.owner, step=0, to=("duty",),
        next_to=("lead",), next_after_ms=5 * MINUTE,
    )  # fmt: skip
    given_back = Released(who="ann", at=NOON + 60 * MINUTE, alert_id=FIRING.alert_id)
    assert book(first, HAD, given_back).next_step_at(FIRING) == NOON + 65 * MINUTE


def test_who_mutes_one_queue_does_not_mute_what_is_of_several() -> None:
    incident = alert(rule="incident", queue="", topic="leak", area="ward-1", queues=("billing",))
    of_queue = Muted(who="ann", at=NOON, mute_id="m", until=NOON + MINUTE, queue="billing")
    assert book(of_queue).muted(incident, NOON) is None
    of_place = replace(of_queue, queue=incident.place)
    assert book(of_place).muted(incident, NOON) == of_place
    elsewhere = replace(incident, area="ward-9")
    assert book(of_place).muted(elsewhere, NOON) is None
    of_rule = replace(of_queue, queue="", rule="incident")
    assert book(of_rule).muted(incident, NOON) == of_rule


def test_a_line_is_shown_until_its_end_or_until_it_is_taken() -> None:
    line = LineShown(who="ann", at=NOON, line_id="l", until=NOON + MINUTE, note="crews are out")
    newer = LineShown(who="ann", at=NOON + 1, line_id="n", until=NOON + MINUTE, note="18:00")
    held = book(line, newer)
    assert held.lines(NOON + MINUTE - 1) == [newer, line]
    assert held.lines(NOON + MINUTE) == []
    taken = LineTaken(who="bo", at=NOON + 2, line_id="l")
    assert book(line, newer, taken).lines(NOON) == book(taken, newer, line).lines(NOON) == [newer]
    assert {command_key(line), command_key(taken)} == {b"line/l"}
