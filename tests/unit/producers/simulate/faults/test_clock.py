"""Fault `clock`: one source's times are wrong for a while; what it says and when it comes stay."""

from random import Random

from msgspec.structs import replace

from producers.simulate.faults.clock import WrongClock
from producers.simulate.faults.parcel import Parcel
from schemas.agents import AgentState
from schemas.millis import HOUR, SECOND
from tests.support.faulty import MORNING
from tests.unit.producers.simulate.faults.conftest import struck


def test_all_that_one_source_says_for_a_while_has_the_wrong_time(said: list[Parcel]) -> None:
    seen = set()
    for seed in range(12):
        fault = WrongClock(Random(seed), "node-2", MORNING)
        after = struck(fault, said)
        pairs = list(zip(said, after, strict=True))
        wrong = [(a, b) for a, b in pairs if a != b]
        assert {a.event.source for a, _ in wrong} == {"node-2"}
        assert all(a.due == b.due for a, b in pairs)
        skews = [b.event.at - a.event.at for a, b in wrong]
        assert all(replace(b.event, at=a.event.at) == _said(a, b) for a, b in wrong)
        seen |= set(skews)
        assert 1 <= fault.struck <= 4
        # Whole stretches, not single events: between the first and the last of a spell all are wrong.
        times = [a.event.at for a, _ in wrong]
        assert times == sorted(times)
        assert times[0] % (5 * SECOND) == 0, "it begins with a tick"
        first = [a for a, b in pairs if a.event.source == "node-2" and a.event.at >= times[0]]
        assert all(a != b for a, b in zip(first[:100], [b for a, b in wrong][:100], strict=True))
    assert seen == {-120 * SECOND, -30 * SECOND, -5 * SECOND, 5 * SECOND, 60 * SECOND}


def _said(before: Parcel, after: Parcel) -> object:
    """An agent's state begins at the wrong time, too."""
    if isinstance(before.event, AgentState) and isinstance(after.event, AgentState):
        return replace(before.event, since=after.event.since)
    return before.event


def test_it_is_right_again_after_a_while() -> None:
    fault = WrongClock(Random(3), "node", MORNING)
    spells = [fault._spells.at(MORNING + minute * 60 * SECOND) for minute in range(24 * 60)]
    wrong = sum(spell is not None for spell in spells)
    assert 0.1 < wrong / len(spells) < 0.5
    assert spells[0] is None
    assert fault._spells.begun(MORNING + 24 * HOUR) > 8
