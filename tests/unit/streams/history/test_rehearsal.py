"""A rehearsal decides what the live core decided; with other rules it decides otherwise, and nothing else moves."""

from random import Random
from typing import Any

import pytest

from schemas.agents import RosterEntry, RoutingState
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.queues_toml import QueuesFile
from streams.history.rehearsal import (
    GOAL_WINDOW_MS,
    Partition,
    Rehearsed,
    concerns,
    rehearse,
    stretch_of,
    stretches,
    warm_from,
    with_rules,
)
from streams.history.ticks_between import with_ticks
from tests.support.archived import ArchivedStory
from tests.support.builders import BILLING, clock, published, targets
from tests.support.passing import ACCOUNTS, METERS, PAYING, all_followed
from tests.support.rehearsed import archived_events, decided, rehearsed
from tests.support.reporting import NO_WATER, PIPES, asked
from tests.support.ruled import abandonment, nobody_signed_in, oldest_wait, ruled
from tests.support.two_partitions import TwoPartitions

WAITS = oldest_wait(2 * MINUTE, MINUTE)
RULES = ruled(WAITS, abandonment(0.2, 0.1, minimum=5), nobody_signed_in())
END = clock("12:00:00")


def evening(seed: int, **promise: Any) -> ArchivedStory:
    """Two hours of callers, some of whom wait long; the source tells the time every second, as live."""
    chance = Random(seed)
    day = ArchivedStory(name="Bills", **promise)
    facts: list[tuple[int, str, str]] = []
    at = clock("09:00:00")
    while at < clock("11:00:00"):
        at += round(chance.expovariate(1 / (40 * SECOND)))
        caller = f"c{len(facts)}"
        wait = round(chance.expovariate(1 / (70 * SECOND)))
        facts.append((at, "queued", caller))
        if chance.random() < 0.3:
            facts.append((at + wait, "abandoned", caller))
        else:
            facts += [(at + wait, "answered", caller), (at + wait + 3 * MINUTE, "ended", caller)]
    told_to = clock("09:00:00")
    for moment, kind, caller in sorted(facts):
        told_to = _ticked(day, told_to, moment)
        getattr(day.at(_text(moment)), kind)(caller)
    _ticked(day, told_to, END)
    return day


def _ticked(day: ArchivedStory, told_to: int, to: int) -> int:
    while told_to + SECOND <= to:
        told_to += SECOND
        day.tick(_text(told_to))
    return told_to


def _text(at: int) -> str:
    seconds = (at - clock("00:00")) / SECOND
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60)}:{seconds % 60:.3f}"


@pytest.mark.parametrize("seed", range(4))
def test_the_same_rules_fire_when_they_fired_live(seed: int) -> None:
    day = evening(seed, alerts=RULES)
    found = rehearsed(day, END)
    live = decided(day.alert_records())
    assert {each[0] for each in live} == {"oldest_wait", "abandonment"}
    assert decided(found.alerts.values()) == live
    minutes = {at for at, row in day.minutes().items() if at in found.below_goal[BILLING]}
    assert minutes == found.below_goal[BILLING]


def test_other_rules_fire_otherwise_and_the_goal_is_missed_in_the_same_minutes() -> None:
    day = evening(1, alerts=RULES)
    loose = targets(BILLING, name="Bills", alerts=ruled(oldest_wait(4 * MINUTE, MINUTE)))
    tried = with_rules(day.versions, QueuesFile("UTC", (loose,)))
    found, same = rehearsed(day, END, tried), rehearsed(day, END)
    live = [each for each in decided(day.alert_records()) if each[0] == "oldest_wait"]
    other = decided(found.alerts.values())
    assert 0 < len(other) < len(live)
    assert {each[0] for each in other} == {"oldest_wait"}
    assert found.below_goal == same.below_goal
    strict = evening(1, alerts=ruled(oldest_wait(4 * MINUTE, MINUTE)))  # as if it had been live
    assert decided(strict.alert_records()) == other


def test_a_caller_who_waits_alone_is_decided_though_no_event_tells_the_time() -> None:
    day = ArchivedStory(alerts=ruled(WAITS))
    day.at("09:00:00").queued("ada")
    day.at("09:30:00").queued("bo")
    found = rehearsed(day, clock("09:31:00"))
    (alert,) = found.fired(clock("09:00"), clock("10:00"))
    assert alert.fired_at == clock("09:02:05")
    assert found.fired(clock("09:02:05"), clock("09:02:05.001")) == [alert]
    assert found.fired(clock("09:00"), clock("09:02:05")) == []
    assert found.fired(clock("09:02:06"), clock("10:00")) == []


def test_targets_hold_from_their_publication_on() -> None:
    day = ArchivedStory(alerts={})
    day.at("09:00:00").queued("ada")
    day.at("10:00:00").queued("bo")
    later = published(
        targets(BILLING, alerts=ruled(WAITS)),
        version=2,
        valid_from=0,
        published_at=clock("10:00:00"),
    )
    found = rehearsed(day, clock("10:05:00"), [*day.versions, later])
    assert [each.onset_at for each in found.alerts.values()] == [clock("09:59:55")]


def test_agents_are_those_of_their_spells() -> None:
    day = ArchivedStory(alerts=ruled(nobody_signed_in()))
    day.at("09:00:00").queued("ada")
    day.tick("09:20:00")

    def state(routing: RoutingState, text: str, version: int) -> RosterEntry:
        since = clock(text)
        return RosterEntry("ann", version, "node", routing, "idle", "", since, since, (BILLING,))

    entries = [state("available", "08:00", 1), state("logged_out", "09:05", 2)]
    (alert,) = rehearsed(day, clock("09:20:00"), None, entries).alerts.values()
    # As live, it is known some seconds before the boundary that is decided next.
    assert clock("09:04:55") <= alert.onset_at <= clock("09:05:00")
    assert rehearsed(day, clock("09:20:00")).alerts == {}  # nobody knows


def test_stretches_below_the_goal_that_share_calls_are_one() -> None:
    near, far = clock("10:00"), clock("10:00") + GOAL_WINDOW_MS
    assert stretches([far + GOAL_WINDOW_MS, near, far - MINUTE]) == [
        (near, far - MINUTE),
        (far + GOAL_WINDOW_MS, far + GOAL_WINDOW_MS),
    ]
    assert stretches([near, far]) == [(near, near), (far, far)]


@pytest.mark.parametrize(
    ("first", "last", "belongs"),
    [
        ("09:00", "09:01", False),  # over when it fired
        ("09:00", "09:03", True),  # late
        ("09:32:05", "09:40", True),  # early
        ("09:33", "09:40", False),  # too long after
    ],
)
def test_which_stretch_an_alert_belongs_to(first: str, last: str, belongs: bool) -> None:
    day = ArchivedStory(alerts=ruled(WAITS))
    day.at("09:00:00").queued("ada")
    day.at("09:03:00").answered("ada")
    day.at("09:10:00").ended("ada")
    (alert,) = rehearsed(day, clock("09:11:00")).alerts.values()
    assert (alert.fired_at, alert.state) == (clock("09:02:05"), "resolved")
    stretch = (clock(first), clock(last))
    assert stretch_of(alert, [stretch]) == (stretch if belongs else None)


def test_it_begins_a_day_before_or_as_long_before_as_a_call_may_last() -> None:
    assert warm_from(END, []) == END - DAY
    assert warm_from(END, [published(targets(), version=1)]) == END - DAY
    long = targets(waiting_cap_ms=20 * HOUR, service_cap_ms=30 * HOUR)
    assert warm_from(END, [published(long, version=1)]) == END - 51 * HOUR


def test_the_rules_of_a_file_are_laid_over_what_was_published() -> None:
    first = published(targets(BILLING, alerts=RULES), targets("desk"), version=1)
    second = published(targets(BILLING, goal=0.5, alerts=RULES), version=2)
    file = QueuesFile(
        "UTC", (targets(BILLING, goal=0.9, alerts={}), targets("new", alerts=ruled(WAITS)))
    )
    base, one, two = with_rules([first, second], file)
    assert [each.queue for each in base.queues] == ["new"]
    assert [(t.queue, t.goal, bool(t.alerts)) for t in one.queues] == [
        (BILLING, first.queues[0].goal, False), ("desk", first.queues[1].goal, False),
        ("new", first.queues[0].goal, True),
    ]  # fmt: skip
    assert (two.queues[0].queue, two.queues[0].goal) == (BILLING, 0.5)
    (only,) = with_rules([], file)
    assert (only.valid_from, only.queues) == (0, file.queues)
    (kept,) = with_rules([first], QueuesFile("UTC", ()))
    assert kept == first


def token(number: int) -> str:
    return f"{0:08}.{number:032}"


def across(day: TwoPartitions, until: str) -> Rehearsed:
    """Rehearsed from what the archive has of both partitions."""
    found = Rehearsed()
    partitions = [
        Partition(with_ticks(archived_events(each), clock(until)), ()) for each in day.stories
    ]
    for _ in rehearse(partitions, day.stories[0].versions, found):
        pass
    return found


def sent_around() -> TwoPartitions:
    """Ada waits 5 minutes in each of two queues, then here; the queues lie in two partitions."""
    day = TwoPartitions({METERS: 0, ACCOUNTS: 1, PAYING: 0}, all_followed())
    of = {"contact_id": "c1"}
    day.to("09:00").call("queued", "a1", METERS, **of)
    day.to("09:05").call("transferred", "a1", METERS, **of).call("queued", "a2", ACCOUNTS, **of)
    day.to("09:10").call("exited", "a2", ACCOUNTS, reason="overflow", **of)
    day.to("09:11").call("queued", "a3", PAYING, **of)
    return day.to("09:15").call("answered", "a3", PAYING, **of).to("09:30")


def test_rules_across_queues_fire_when_they_fired_live() -> None:
    day = sent_around()
    live = decided(day.alerts())
    assert live == [
        ("passed_around", PAYING, clock("09:11:05"), clock("09:11:05"), clock("09:16:05"), False)
    ]
    found = across(day, "09:30")
    assert decided(found.alerts.values()) == live
    assert found.lacking[PAYING] == {}


def test_callers_about_one_thing_in_two_partitions_are_one_incident_in_a_rehearsal_too() -> None:
    version = published(asked(PIPES, "Burst pipes"), asked(NO_WATER, "No water"))
    day = TwoPartitions({PIPES: 0, NO_WATER: 1}, version, begin="08:00")
    place = {"topic": "burst pipe", "area": "ward-12"}
    for minute in range(10, 22):  # the queue is known by then
        other = {"caller": token(minute), "topic": "leak", "area": "ward-1"}
        day.to(f"08:{minute}").call("queued", f"z{minute}", PIPES, **other)
    day.to("10:00")
    for number in range(6):
        queue = (PIPES, NO_WATER)[number % 2]
        day.to(f"10:0{number}").call("queued", f"c{number}", queue, caller=token(number), **place)
    day.to("10:20")
    live = decided(day.alerts())
    assert [each[:2] for each in live] == [("incident", "")]
    found = across(day, "10:20")
    assert decided(found.alerts.values()) == live
    (alert,) = found.alerts.values()
    assert (alert.n, alert.queues) == (6, (PIPES, NO_WATER))
    assert concerns(alert, NO_WATER)
    assert not concerns(alert, "desk")


def test_what_a_rule_across_queues_lacks_is_said_by_queue() -> None:
    day = TwoPartitions({METERS: 0, PAYING: 1}, all_followed())
    day.to("09:01").call("queued", "a1", METERS).call("queued", "b1", PAYING, contact_id="c")
    found = across(day.to("09:05"), "09:05")
    assert found.lacking == {METERS: {"passed_around": "no contacts reported"}, PAYING: {}}
