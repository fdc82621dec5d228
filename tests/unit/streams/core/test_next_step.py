"""Who could help: from the roster and the targets of all queues."""

from typing import Any

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
