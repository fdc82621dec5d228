"""One alert for each queue where callers wait who were sent from queue to queue."""

import pytest

from schemas.alerts import Alert
from schemas.codec import encode
from schemas.maintenance import parse_maintenance
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.reports import Passed
from streams.core.across import passed_around
from streams.core.across.passed_around import PassedAroundDecider, QueueAlerts
from streams.core.alerting import Progress
from streams.core.rules.passed_around import PassedAroundTable
from streams.core.state_format import FORMAT, encode_piece
from streams.core.unit import UnreadablePieceError
from tests.support.builders import clock, published, targets
from tests.support.passing import (
    ACCOUNTS,
    METERS,
    PAYING,
    PassingDesk,
    all_followed,
    followed,
    stay,
)
from tests.support.reporting import NOTHING_ASKED, report


def the_alert(desk: PassingDesk) -> Alert:
    (alert,) = desk.alert_records()
    return alert


def told(desk: PassingDesk, *times: str) -> PassingDesk:
    for each in times:
        desk.pass_to(each)
    return desk


def test_the_third_queue_raises_it_once_ten_minutes_are_over() -> None:
    desk = PassingDesk().pass_to("09:00")
    assert isinstance(desk, PassingDesk)
    desk.sent("ada").pass_to("09:10:05").take()
    assert desk.lines() == []
    alert = the_alert(told(desk, "09:10:10"))
    assert (alert.alert_id, alert.state, alert.severity) == (
        f"passed_around/billing/{clock('09:10:05')}", "firing", "warn",
    )  # fmt: skip
    assert (alert.queue, alert.queue_name, alert.owner) == (PAYING, "Billing", "owner-of-billing")
    assert alert.department == "revenue"
    assert (alert.value, alert.threshold, alert.n) == (605, 600, 1)
    assert alert.reason == (
        "Billing: a caller has waited in 3 queues, 10m5s in all"
        " (Meter readings 5m, Accounts 5m, here 5s; limit 10m)"
    )
    assert (alert.queues, alert.topic, alert.place) == ((), "", PAYING)


def test_callers_are_counted_and_the_worst_is_named() -> None:
    desk = PassingDesk().sent("ada").sent("bo", minute=1)
    alert = the_alert(told(desk, "09:12:05"))  # figures are those of each whole minute
    assert (alert.n, alert.value) == (2, 12 * MINUTE / SECOND)
    assert alert.reason.startswith(
        "Billing: 2 callers were sent from queue to queue; one has waited in 3 queues"
    )


def test_it_ends_a_minute_after_the_last_one_was_answered_or_left() -> None:
    desk = PassingDesk().sent("ada").sent("bo", minute=1)
    desk.pass_to("09:12")
    desk.tell(stay("ada", PAYING, "09:10", "09:12:01")).pass_to("09:13:05")
    assert desk.lines() == ["billing firing 1"]
    desk.tell(stay("bo", PAYING, "09:11", "09:13:01")).pass_to("09:14:09")
    assert desk.lines() == ["billing firing 0"]
    alert = the_alert(told(desk, "09:14:10"))
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:14:05"))
    assert alert.reason == "Billing: nobody waits any more who was sent from queue to queue"


def test_it_goes_on_in_the_next_queue_where_she_waits() -> None:
    desk = PassingDesk(all_followed(PassedAroundTable(queues=2, clear_hold_ms=0)))
    desk.tell(stay("ada", METERS, "09:00", "09:09", on="09:09"))
    desk.tell(stay("ada", ACCOUNTS, "09:09", "09:12", on="09:12"), stay("ada", PAYING, "09:12"))
    assert told(desk, "09:20").lines() == ["accounts resolved 0", "billing firing 1"]


def test_it_is_written_anew_each_minute() -> None:
    desk = PassingDesk().sent("ada")
    for second in range(0, 130, 5):
        desk.say(Passed(0, "node", clock("09:10") + second * SECOND))
        desk.take()
    assert [each.held_at for each in desk.written] == [
        clock("09:10:05"), clock("09:11"), clock("09:12"),
    ]  # fmt: skip
    assert {each.changed_at for each in desk.written} == {clock("09:10:05")}


def test_too_few_queues_or_too_short_a_wait_raise_nothing() -> None:
    desk = PassingDesk().tell(
        stay("ada", METERS, "09:00", "09:20", on="09:20"), stay("ada", PAYING, "09:20")
    )
    desk.tell(stay("bo", METERS, "09:40", "09:41", on="09:41"))
    desk.tell(
        stay("bo", ACCOUNTS, "09:41", "09:42", on="09:42"), stay("bo", PAYING, "09:42", "09:49")
    )
    assert told(desk, "10:00").lines() == []


def test_a_holding_time_makes_it_pending_and_withdraws_it() -> None:
    desk = PassingDesk(all_followed(PassedAroundTable(hold_ms=2 * MINUTE)))
    desk.sent("ada").pass_to("09:11")
    assert desk.lines() == ["billing pending 1"]
    desk.tell(stay("ada", PAYING, "09:10", "09:11:30"))
    assert told(desk, "09:12").lines() == ["billing inactive 0"]
    desk.sent("bo", minute=10).pass_to("09:30")
    assert desk.lines()[1:] == ["billing firing 1"]


def test_one_that_flaps_is_damped_and_counted() -> None:
    desk = PassingDesk(all_followed(PassedAroundTable(clear_hold_ms=0)))
    for number in range(3):
        desk.sent(f"c{number}", minute=5 * number)
        minute = 10 + 5 * number
        desk.pass_to(f"09:{minute}:30").pass_to(f"09:{minute}:40")
        desk.tell(stay(f"c{number}", PAYING, f"09:{minute}", f"09:{minute}:41"))
        desk.restart().pass_to(f"09:{minute}:55").pass_to(f"09:{minute + 2}")
    assert [(a.state, a.times_fired) for a in desk.alert_records()] == [
        ("resolved", 1), ("resolved", 2), ("firing", 3),
    ]  # fmt: skip
    assert told(desk, "09:30").lines()[-1] == "billing resolved 0"
    assert told(desk, "11:00").passed_around.queues == {}
    desk.take()
    assert not [key for key in desk.pieces if b"|queue|" in key]


def test_who_came_out_of_hours_raises_nothing() -> None:
    hours = Opening(parse_weekly("Mon 08:00-09:05"))
    desk = PassingDesk(all_followed(opening=hours)).sent("ada")
    assert told(desk, "09:30").lines() == []


def test_a_queue_without_the_rule_raises_nothing_and_its_waits_count() -> None:
    desk = PassingDesk(published(followed(PAYING), targets(METERS, name="Meters")))
    desk.sent("ada").sent("bo", to=METERS)
    (alert,) = told(desk, "09:30").alert_records()
    assert alert.queue == PAYING
    assert "(Meters 5m, accounts 5m, here" in alert.reason


def test_a_rule_that_is_taken_away_ends_its_alert() -> None:
    desk = PassingDesk().sent("ada")
    desk.pass_to("09:12").take()
    desk.versions.append(published(targets(PAYING), version=2, valid_from=clock("09:12")))
    desk.unit.set_targets(desk.versions)
    alert = the_alert(told(desk, "09:13"))
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:12"))


def test_a_queue_that_is_taken_out_of_the_file_ends_its_alert_which_is_nobodys() -> None:
    desk = PassingDesk().sent("ada")
    desk.pass_to("09:12").take()
    desk.versions.append(published(targets("meters"), version=2, valid_from=clock("09:12")))
    desk.unit.set_targets(desk.versions)
    alert = the_alert(told(desk, "09:13"))
    assert (alert.state, alert.owner, alert.department) == ("resolved", "", "")


def test_a_rebuild_keeps_alerts_as_they_were_and_only_adds_to_a_damaged_state() -> None:
    firing = QueueAlerts(Progress("firing", 1, 1))
    for is_damaged, kept in ((False, {"b"}), (True, {"a", "b"})):
        made, former = (PassedAroundDecider(NOTHING_ASKED) for _ in range(2))
        made.queues = {"a": QueueAlerts(), "b": QueueAlerts()}
        former.queues = {"b": firing}
        former.take(stay("eve", "meters", "09:00"))
        former.take(stay("eve", "accounts", "09:10"))
        made.rebuilt(former, clock("09:05"), is_damaged=is_damaged)
        assert made.queues.keys() == kept
        assert made.queues["b"] is firing
        assert made.journeys.keys() == {("node", "eve")}


def test_its_severity_is_that_of_the_file_at_once() -> None:
    desk = PassingDesk().sent("ada")
    desk.pass_to("09:12").take()
    quieter = followed(PAYING, severities={"passed_around": "note"})
    desk.versions.append(published(quieter, version=2, valid_from=clock("09:12")))
    desk.unit.set_targets(desk.versions)
    assert the_alert(told(desk, "09:12:10")).severity == "note"


def test_a_replay_says_so() -> None:
    assert the_alert(told(PassingDesk().sent("ada", replay=True), "09:12")).replay
    assert not the_alert(told(PassingDesk().sent("ada"), "09:12")).replay


def test_what_was_told_before_any_clock_is_decided_too() -> None:
    desk = PassingDesk().sent("ada")
    assert the_alert(told(desk, "09:40")).onset_at == clock("09:10:05")


def test_a_caller_of_whom_nothing_can_come_is_forgotten() -> None:
    desk = PassingDesk().pass_to("09:00")
    assert isinstance(desk, PassingDesk)
    desk.tell(stay("ada", PAYING, "09:00")).take()
    assert [key for key in desk.pieces if b"|journey|" in key]
    desk.tell(stay("ada", PAYING, "09:00", "09:01")).pass_to("09:02:10").take()
    assert desk.passed_around.journeys == {}
    assert not [key for key in desk.pieces if b"|journey|" in key]
    desk.tell(stay("bo", PAYING, "09:00", "09:01"))  # told late: over already
    assert desk.passed_around.journeys == {}


def test_callers_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_around, "MOST_JOURNEYS", 10)
    desk = PassingDesk()
    for number in range(15):
        desk.tell(stay(f"c{number}", PAYING, f"09:{number:02}"))
    assert set(desk.passed_around.journeys) == {("node", f"c{number}") for number in range(5, 15)}
    desk.restart()
    assert len(desk.passed_around.journeys) == 10


def test_a_restart_goes_on_where_it_was() -> None:
    desk = PassingDesk().sent("ada")
    desk.restart().pass_to("09:12").restart().pass_to("09:13").restart()
    assert (the_alert(desk).onset_at, the_alert(desk).held_at) == (
        clock("09:10:05"),
        clock("09:12"),
    )
    assert desk.passed_around.boundary == clock("09:12:55")
    names = {key for key in desk.pieces if b"passed_around" in key}
    assert names == {
        b'reports|passed_around|journey|["node","ada"]', b"reports|passed_around|queue|billing",
    }  # fmt: skip


def test_other_rules_and_what_is_damaged() -> None:
    desk = PassingDesk()
    desk.say(report("ada", clock("09:00")))
    assert desk.passed_around.journeys == {}
    with pytest.raises(TypeError):
        desk.passed_around.take(report("ada", clock("09:00")))
    key = b"reports|passed_around|journey|" + encode(("node", "ada"))
    with pytest.raises(UnreadablePieceError, match="newer queuewatch"):
        desk.unit.load(key, encode_piece({"format": FORMAT + 1, "journey": {}}))


def test_maintenance_is_said() -> None:
    planned = (parse_maintenance("2026-03-02 09:00-10:00 new lines"),)
    alert = the_alert(told(PassingDesk(all_followed(maintenance=planned)).sent("ada"), "09:12"))
    assert alert.maintenance == "maintenance until 10:00 (new lines)"
    assert alert.maintenance_until == clock("10:00")
