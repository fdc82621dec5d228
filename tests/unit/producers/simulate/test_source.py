"""Ticks say that everything before them has been said."""

from itertools import pairwise

from producers.simulate.engine import Run, Simulation
from producers.simulate.scenarios import centre_of
from producers.simulate.source import LIVE_TICK_MS, Source
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Restarted, Tick
from schemas.millis import MINUTE, SECOND
from tests.unit.producers.simulate.conftest import KEY, START, Morning


def test_ticks_come_every_five_seconds_to_both_topics(morning: Morning) -> None:
    end = morning.simulation.finished_at
    assert end is not None
    for topic in ("calls", "agents"):
        ticks = [e.at for t, e in morning.said if t == topic and isinstance(e, Tick)]
        assert ticks[0] == START + 5 * SECOND
        assert {b - a for a, b in pairwise(ticks)} == {5 * SECOND}
        assert end - 5 * SECOND <= ticks[-1] < end


def test_nothing_earlier_follows_a_tick(morning: Morning) -> None:
    reported = START - 1
    for _, event in morning.said:
        assert event.at > reported or isinstance(event, Tick)
        if isinstance(event, Tick):
            reported = event.at


def test_the_end_is_said_once_and_last(morning: Morning) -> None:
    ends = [place for place, (_, e) in enumerate(morning.said) if isinstance(e, EndOfInput)]
    assert ends == [len(morning.said) - 2, len(morning.said) - 1]


def test_skipping_what_was_sent_says_the_rest_and_only_that() -> None:
    def source() -> Source:
        run = Run(START, seed=8, key=KEY, until=START + 10 * MINUTE)
        return Source(Simulation(centre_of("ordinary"), run))

    whole = source().upto(START + 6 * MINUTE)
    cut = START + 3 * MINUTE + 1_234
    second = source()
    second.go_on_from(cut)
    assert second.upto(START + 6 * MINUTE) == [said for said in whole if said[1].at > cut]


def test_live_ticks_are_on_each_boundary_and_between() -> None:
    source = Source(Simulation(centre_of("ordinary"), Run(START, seed=8, key=KEY)), LIVE_TICK_MS)
    said = source.upto(START + 10 * SECOND + 500)
    ticks = [e.at for topic, e in said if topic == "calls" and isinstance(e, Tick)]
    assert ticks == [START + half * LIVE_TICK_MS for half in range(1, 5)]
    assert START + 5 * SECOND in ticks
    assert source.at == START + 10 * SECOND + 500


def test_a_restart_is_said_to_both_topics_and_logs_everybody_out() -> None:
    source = Source(Simulation(centre_of("ordinary"), Run(START, seed=8, key=KEY)))
    said = source.restarted()
    assert [topic for topic, _ in said[:2]] == ["calls", "agents"]
    assert all(isinstance(e, Restarted) and e.at == START for _, e in said[:2])
    states = [e for _, e in said[2:] if isinstance(e, AgentState)]
    assert {state.agent for state in states} == {
        person.agent for person in source.simulation.centre.people
    }
    assert {(state.routing_state, state.at) for state in states} == {("logged_out", START)}
    later = source.upto(START + MINUTE)
    assert not {e.event_id for _, e in said} & {e.event_id for _, e in later}
