"""E19, E20: one person in six queues, and one whose telephone is gone."""

from msgspec.structs import replace

from schemas.agents import RosterEntry, RoutingState, shown_state
from schemas.codec import decode_as, encode
from streams.core.agents_unit import AgentsUnit
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.support.builders import MONDAY, agent, clock
from tests.support.story import Story

QUEUES = tuple(f"queue{number}" for number in range(6))


def entry(version: int, routing: RoutingState, doing: str, *queues: str) -> RosterEntry:
    return RosterEntry(
        "ann", version, "node", routing, doing, "", MONDAY, MONDAY, queues  # type: ignore[arg-type]
    )  # fmt: skip


def test_e19_an_agent_in_six_queues_counts_in_each_and_once_in_all() -> None:
    """The total of the board: tests of dashboards/wallboard, and the running system."""
    roster = Roster()
    roster.update(entry(1, "available", "idle", *QUEUES))
    assert [roster.agents_of(queue) for queue in QUEUES] == [{"available": 1}] * 6
    day = Story(QUEUES[0], roster=roster)
    for queue in QUEUES:
        day.at("09:00:00").queued("ada", queue=queue)
        assert day.snapshot(queue).agents == {"available": 1}
    roster.update(entry(2, "available", "talking", QUEUES[0]))
    assert day.snapshot(QUEUES[0]).agents == {"talking": 1}
    assert day.snapshot(QUEUES[5]).agents == {"available": 0}


def test_e19_a_pause_in_one_queue_is_a_state_of_that_queue_alone() -> None:
    roster = Roster()
    day = Story("water", roster=roster)
    paused = entry(1, "available", "idle", "water", "power")
    roster.update(replace(paused, not_ready_queues=("water",)))
    for queue in ("water", "power"):
        day.at("09:00:00").queued("ada", queue=queue)
    day.tick("09:01:10")
    assert day.snapshot("water").agents == {"not_ready": 1}
    assert day.snapshot("power").agents == {"available": 1}
    day.minutes()
    rows = {name: row.agents for (name, _), row in day.outputs.minutes.items()}
    assert rows == {"water": {"not_ready": 1}, "power": {"available": 1}}


def test_e19_an_older_state_of_an_agent_does_not_undo_a_newer_one() -> None:
    roster = Roster()
    roster.update(entry(2, "available", "talking", QUEUES[0]))
    roster.update(entry(1, "available", "idle", *QUEUES))
    assert roster.agents_of(QUEUES[0]) == {"talking": 1}
    assert roster.agents_of(QUEUES[1]).get("available", 0) == 0


def test_e20_an_agent_whose_phone_is_gone_is_not_available() -> None:
    assert shown_state("unreachable", "idle") == "unreachable"
    roster, unit = Roster(), AgentsUnit(0, 1)
    unit.start(0)
    states = [
        agent("available", "ann", clock("09:00:00")),
        agent("unreachable", "ann", clock("09:05:00")),
        agent("available", "ann", clock("09:07:00")),
    ]
    shown = []
    for offset, state in enumerate(states):
        unit.apply([Record(offset, state.at, b"ann", encode(state))])
        checkpoint = unit.checkpoint()
        assert checkpoint is not None
        for output in checkpoint.outputs:
            if output.topic == "roster":
                roster.update(decode_as(RosterEntry, output.value))
        unit.commit_done()
        shown.append({k: n for k, n in roster.agents_of("billing").items() if n})
    assert shown == [{"available": 1}, {"unreachable": 1}, {"available": 1}]
