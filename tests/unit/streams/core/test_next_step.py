"""Who could help: from the roster and the targets of all queues."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.agents import RosterEntry, RoutingState
from schemas.alerts import FreeAgents
from schemas.millis import MINUTE
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.next_step import free_agents
from streams.core.roster import Roster
from tests.support.builders import published, targets
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story

AT = 1_772_442_000_000


def of(queue: str, centre: str = "water", department: str = "works", **more: Any) -> Targets:
    return targets(queue, name=queue.title(), centre=centre, department=department, **more)


PIPES, TANKERS, LEAKS = of("pipes"), of("tankers"), of("leaks")
ROADS, RATES = of("roads", centre="streets"), of("rates", "money", "finance")


def serving(
    agent: str, *queues: str, state: RoutingState = "available", paused: tuple[str, ...] = ()
) -> RosterEntry:
    return RosterEntry(agent, 1, "node", state, "idle", "", AT, AT, queues, not_ready_queues=paused)


def found(*agents: RosterEntry, queue: Targets = PIPES) -> list[tuple[str, int]]:
    book, roster = TargetsBook([published(PIPES, TANKERS, LEAKS, ROADS, RATES)]), Roster()
    for agent in agents:
        roster.update(agent)
    return [(each.queue, each.n) for each in free_agents(queue, AT, book, roster)]


def test_free_agents_of_queues_of_the_department_are_told_those_of_the_centre_first() -> None:
    agents = [
        serving("a", "roads"), serving("b", "roads"), serving("c", "leaks"),
        serving("d", "tankers"), serving("e", "tankers"), serving("f", "rates"),
    ]  # fmt: skip
    assert found(*agents) == [("tankers", 2), ("leaks", 1), ("roads", 2)]


def test_who_serves_the_queue_already_or_takes_no_calls_cannot_help() -> None:
    assert found(
        serving("a", "tankers", "pipes"),
        serving("b", "tankers", "pipes", paused=("pipes",)),
        serving("c", "tankers", state="not_ready"),
        serving("d", "tankers", paused=("tankers",)),
        serving("e", "tankers", state="logged_out"),
    ) == []  # fmt: skip


def test_a_person_counts_once() -> None:
    assert found(serving("a", "tankers", "leaks"), serving("b", "tankers", "leaks", paused=("leaks",))) == [
        ("leaks", 1), ("tankers", 1),
    ]  # fmt: skip


def test_what_was_said_before_is_said_until_somebody_else_is_free_or_targets_change() -> None:
    book, roster = TargetsBook([published(PIPES, TANKERS, LEAKS)]), Roster()

    def told() -> list[tuple[str, int]]:
        return [(each.queue, each.n) for each in free_agents(PIPES, AT, book, roster)]

    def say(version: int, **more: Any) -> None:
        roster.update(replace(serving("a", "tankers"), version=version, **more))

    assert told() == told() == []
    say(1)
    assert told() == told() == [("tankers", 1)]
    say(2, activity="talking")
    assert told() == []
    say(3)
    assert told() == [("tankers", 1)]
    say(4, queues=("tankers", "pipes"))
    assert told() == []  # who serves the queue by now is none of those who could help it
    say(5)
    assert told() == [("tankers", 1)]
    book = TargetsBook([published(PIPES, LEAKS)])
    assert told() == []


def test_nobody_is_looked_for_again_while_the_same_are_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book, roster, asked = TargetsBook([published(PIPES, TANKERS, LEAKS)]), Roster(), list[str]()
    walk = Roster.free_besides

    def counted(self: Roster, queue: str, others: Sequence[str]) -> dict[str, int]:
        asked.append(queue)
        return walk(self, queue, others)

    monkeypatch.setattr(Roster, "free_besides", counted)
    roster.update(serving("a", "tankers"))
    for minute in range(3):
        assert free_agents(PIPES, AT + minute * MINUTE, book, roster)
        roster.update(serving(f"c{minute}", "leaks", state="logged_out"))  # is free in no queue
    assert asked == ["pipes"]


def test_each_queue_is_told_of_its_own_neighbours() -> None:
    book, roster = TargetsBook([published(PIPES, TANKERS, LEAKS)]), Roster()
    roster.update(serving("a", "tankers"))
    roster.update(serving("b", "leaks"))
    found = {
        each.queue: [free.queue for free in free_agents(each, AT, book, roster)]
        for each in (PIPES, TANKERS, LEAKS, PIPES)
    }
    assert found == {
        "pipes": ["leaks", "tankers"], "tankers": ["leaks"], "leaks": ["tankers"],
    }  # fmt: skip


def test_of_queues_without_a_department_only_those_of_the_centre_are_near() -> None:
    alone = of("alone", centre="", department="")
    assert found(serving("a", "tankers"), queue=alone) == []
    assert found(serving("a", "tankers"), queue=of("alone", department="")) == [("tankers", 1)]


def test_an_alert_names_them_while_it_goes_on() -> None:
    roster = Roster()
    day = Story("pipes", configured=False, roster=roster)
    promise = of("pipes", alerts=ruled(oldest_wait(2 * MINUTE, MINUTE, hold_ms=0, clear_hold_ms=0)))
    day.publish(promise, TANKERS)
    roster.update(serving("a", "tankers"))
    day.at("09:00:00").queued("ada")
    day.tick("09:02:20")
    (alert,) = day.alert_records()
    assert alert.free_agents == (FreeAgents("tankers", "Tankers", 1),)
    day.at("09:02:30").answered("ada")
    day.tick("09:03:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.free_agents) == ("resolved", ())
