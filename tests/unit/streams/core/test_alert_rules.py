"""Rules that are taken away, and what is done with an alert that is open then."""

from typing import Any

from schemas.agents import RosterEntry
from schemas.maintenance import parse_maintenance
from schemas.millis import MINUTE, SECOND
from streams.core.alerting import Progress
from streams.core.roster import Roster
from streams.core.rules.waiting_per_agent import RULE as WAITING_PER_AGENT
from tests.support.builders import clock, targets
from tests.support.ruled import abandonment, oldest_wait, ruled, waiting_per_agent
from tests.support.story import Story

LONG_WAIT = oldest_wait(5 * MINUTE, 4 * MINUTE, hold_ms=30 * SECOND, clear_hold_ms=60 * SECOND)


def test_a_rule_that_is_taken_away_takes_its_alert_back() -> None:
    firing = oldest_wait(MINUTE, MINUTE)
    for rule in (firing, LONG_WAIT):
        day = Story(alerts=ruled(rule))
        day.at("09:00:00").queued("ada")
        day.tick("09:05:10")
        day.publish(targets(), valid_from="09:05:10")
        day.tick("09:05:20")
        expected = "resolved" if rule is firing else "inactive"
        assert day.alerts() == [f"oldest_wait {expected}"]


def test_how_often_a_rule_is_wrong_is_told_of_its_defaults_alone() -> None:
    for table, expected in (
        (waiting_per_agent(), WAITING_PER_AGENT.tuned_to),
        (waiting_per_agent(raise_above=1), ""),
    ):
        day = Story(alerts=ruled(table, oldest_wait(MINUTE, MINUTE)), roster=Roster())
        entry = RosterEntry("ann", 1, "node", "available", "idle", "", 0, 0, (day.queue,))
        day.roster.update(entry)
        for caller in ("ada", "bo", "cy", "di"):
            day.at("09:00:00").queued(caller)
        day.tick("09:04:00")
        told = {alert.rule: (alert.tuned_to, alert.expected) for alert in day.alert_records()}
        assert told == {"waiting_per_agent": (expected, None), "oldest_wait": ("", 20.0)}


def test_an_alert_of_a_queue_in_maintenance_is_decided_and_says_until_when_nobody_is_told() -> None:
    window = parse_maintenance("2026-03-02 09:00-09:03 PBX upgrade")
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE)), maintenance=(window,))
    day.at("09:00:00").queued("ada")
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.maintenance_until) == ("firing", clock("09:03"))
    assert alert.maintenance == "maintenance until 09:03 (PBX upgrade)"
    day.tick("09:03:10")  # it still holds: the record of that minute tells people
    (alert,) = day.alert_records()
    assert (alert.state, alert.maintenance_until, alert.maintenance) == ("firing", None, "")


def test_each_field_of_a_record_has_the_value_of_its_name() -> None:
    """They are given by place: two texts or two times that change places are found by no type."""
    promise: dict[str, Any] = {"name": "Bills", "owner": "ada", "department": "works"}
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE, clear_hold_ms=10 * SECOND)), **promise)
    day.at("09:00:00").queued("late")
    day.at("09:00:10").queued("lost")
    day.at("09:02:00").abandoned("lost")
    day.at("09:02:30").answered("late")
    day.tick("09:03:10")
    (alert,) = day.alert_records()
    fields = {name: getattr(alert, name) for name in alert.__struct_fields__}
    onset, ended = clock("09:01:05"), clock("09:02:45")
    texts: dict[str, object] = {"alert_id": f"oldest_wait/{day.queue}/{onset}", "rule": "oldest_wait", "queue": day.queue, "state": "resolved",
             "severity": "page", "owner": "ada", "department": "works", "queue_name": "Bills", "not_evaluated": "",
             "tuned_to": "", "maintenance": "", "topic": "", "area": ""}  # fmt: skip
    times: dict[str, object] = {"onset_at": onset, "changed_at": ended, "fired_at": onset, "resolved_at": ended, "held_at": ended,
             "maintenance_until": None}  # fmt: skip
    figures: dict[str, object] = {"value": 0, "threshold": 60, "n": 0, "late_calls": 1, "abandoned": 1, "expected": 20, "minutes": None, "times_fired": 1,
               "doubtful": False, "replay": False, "calm": False, "agents": {}, "free_agents": (), "queues": ()}  # fmt: skip
    of_the_cause = {name: fields[name] for name in ("version", "known_at", "reason")}
    assert fields == {**texts, **times, **figures, **of_the_cause}
    assert alert.version < ended < alert.known_at
    assert alert.reason.startswith("Bills: ")


def flap(day: Story, times: range) -> None:
    """Each two minutes somebody waits for half a minute, longer than the limit."""
    for number in times:
        day.at(f"09:{2 * number:02}:00").queued(f"caller{number}")
        day.tick(f"09:{2 * number:02}:25")
        day.at(f"09:{2 * number:02}:30").answered(f"caller{number}")
        day.tick(f"09:{2 * number:02}:50")
        day.tick(f"09:{2 * number + 1:02}:40")


def test_an_alert_that_flaps_is_damped_and_counted_across_a_restart() -> None:
    short = oldest_wait(10 * SECOND, 5 * SECOND, hold_ms=0, clear_hold_ms=30 * SECOND)
    day = Story(alerts=ruled(short))
    flap(day, range(1, 3))
    assert day.alerts() == ["oldest_wait resolved"] * 2
    day.restart()
    flap(day, range(3, 7))  # a calm of a minute and a half does not end the third one
    found = [(alert.state, alert.times_fired) for alert in day.alert_records()]
    assert found == [("resolved", 1), ("resolved", 2), ("firing", 3)]
    for minute in range(14, 19):
        day.tick(f"09:{minute}:05")
    assert day.alert_records()[-1].state == "resolved"
    later = Story(alerts=ruled(short))
    flap(later, range(1, 3))
    later.at("10:30:00").queued("later")
    later.tick("10:30:30")
    assert later.alert_records()[-1].times_fired == 1  # the others are more than an hour ago


def test_a_queue_that_is_taken_out_of_the_file_takes_its_alerts_back() -> None:
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE)), name="Bills")
    day.at("09:00:00").queued("ada")
    day.tick("09:02:00")
    assert day.alerts() == ["oldest_wait firing"]
    day.publish(targets("other"), valid_from="09:02:00")
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.queue_name) == ("resolved", "Bills")


def test_an_alert_of_a_rule_that_only_another_release_has_is_taken_back() -> None:
    day = Story(alerts=ruled(abandonment(0.3, 0.2)), name="Bills")
    day.at("09:00:00").queued("ada")
    day.tick("09:02:00")
    onset = clock("09:01:00")
    day.unit.monitors[day.queue].decisions.progress["of_tomorrow"] = Progress(
        "firing", onset, onset
    )
    day.restart()
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.alert_id, alert.state) == (f"of_tomorrow/billing/{onset}", "resolved")
    assert alert.reason == "Bills: the rule of_tomorrow is not known any more"
    assert (alert.value, alert.threshold, alert.n) == (0, 0, 0)  # nobody measured it
    assert day.unit.monitors[day.queue].decisions.progress == {}


def test_an_alert_of_doubtful_callers_of_a_rule_that_does_not_measure_them_is_taken_back() -> None:
    """Another release may have told them apart; nothing would ever say that they are gone."""
    day = Story(alerts=ruled(abandonment(0.3, 0.2)))
    day.at("09:00:00").queued("ada")
    day.tick("09:02:00")
    onset, decisions = clock("09:01:00"), day.unit.monitors[day.queue].decisions
    decisions.progress["abandonment"] = Progress("firing", onset, onset, doubtful=True)
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.doubtful, alert.fired_at) == ("resolved", True, onset)
    assert decisions.progress == {}


def test_while_an_alert_fires_it_is_written_each_minute_with_the_figures_of_then() -> None:
    """Only so can those who are told late know that it still holds."""
    day = Story(alerts=ruled(oldest_wait(2 * MINUTE, MINUTE)), name="Bills")
    day.at("09:00:00").queued("ada")
    day.tick("09:02:10")  # fires at 09:02:05
    found = []
    for text in ("09:02:20", "09:03:10", "09:03:40"):
        day.at(text).queued(text)
        day.tick(f"{text}.5")
        (alert,) = day.alert_records()
        assert (alert.fired_at, alert.changed_at) == (clock("09:02:05"), clock("09:02:05"))
        found.append((alert.held_at, alert.n, alert.value))
    assert found == [
        (clock("09:02:05"), 1, 125.0),
        (clock("09:03:00"), 2, 180.0),
        (clock("09:03:00"), 2, 180.0),
    ]
    day.at("09:03:50").answered("ada")
    day.tick("09:06:00")
    assert day.alerts() == ["oldest_wait firing"]  # the others wait by now
    for each in ("09:02:20", "09:03:10", "09:03:40"):
        day.at("09:06:10").answered(each)
    day.tick("09:08:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.held_at) == ("resolved", alert.resolved_at)


def test_the_severity_of_the_file_holds_from_the_next_boundary_on_while_the_alert_goes_on() -> None:
    rules = ruled(oldest_wait(MINUTE, MINUTE))
    day = Story(alerts=rules)
    day.at("09:00:00").queued("ada")
    day.tick("09:02:10")
    assert [alert.severity for alert in day.alert_records()] == ["page"]
    day.publish(targets(alerts=rules, severities={"oldest_wait": "warn"}), valid_from="09:02:10")
    day.tick("09:02:20")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.held_at) == ("firing", "warn", clock("09:02:10"))


def test_a_rehearsal_is_decided_and_is_in_no_judgement_and_no_figure() -> None:
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE)), severities={"oldest_wait": "rehearse"})
    day.at("09:00:00").queued("ada")
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity) == ("firing", "rehearse")
    monitor = day.unit.monitors[day.queue]
    assert monitor.firing() == []
    judged = day.snapshot().attention
    assert judged is not None
    assert judged.level == "watch"  # a caller waits longer than T, whatever is rehearsed
    day.restart()
    assert day.unit.monitors[day.queue].firing() == []


def test_a_rehearsed_rule_that_is_taken_away_ends_as_a_rehearsal() -> None:
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE)), severities={"oldest_wait": "rehearse"})
    day.at("09:00:00").queued("ada")
    day.tick("09:02:10")
    day.publish(targets(), valid_from="09:02:10")
    day.tick("09:02:20")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity) == ("resolved", "rehearse")
