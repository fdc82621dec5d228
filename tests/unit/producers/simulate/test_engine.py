"""Identities that need no tolerance, and sameness to the byte."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from msgspec.structs import replace

from producers.simulate.engine import Run
from producers.simulate.reporter import Said
from producers.simulate.scenarios import NAMES
from schemas import calls
from schemas.agents import AgentState
from schemas.codec import decode_agent, decode_call, encode
from schemas.millis import HOUR, MINUTE, SECOND
from tests.support.sources import ROOT
from tests.unit.producers.simulate.conftest import KEY, START, Morning, played

SHORT = Run(START, seed=9, key=KEY, until=START + 20 * MINUTE)


def facts(said: list[Said]) -> list[calls.LegFact]:
    return [event for _, event in said if isinstance(event, calls.LegEvent)]


def states(said: list[Said]) -> dict[str, list[AgentState]]:
    by_agent: dict[str, list[AgentState]] = defaultdict(list)
    for _, event in said:
        if isinstance(event, AgentState):
            by_agent[event.agent].append(event)
    return by_agent


def as_bytes(said: list[Said]) -> list[bytes]:
    return [topic.encode() + encode(event) for topic, event in said]


def test_the_same_seed_and_start_say_the_same_bytes_however_the_run_is_cut() -> None:
    whole = as_bytes(played(SHORT, step=HOUR).said)
    assert len(whole) > 1_000
    assert as_bytes(played(SHORT, step=777).said) == whole


def test_every_process_says_the_same_bytes() -> None:
    """The order of a set, or a hash of a text, would differ from one process to the next."""
    said = {
        subprocess.run(
            [sys.executable, "-m", "tests.support.digest_of_runs"], cwd=ROOT, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, timeout=120,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(said) == 1
    assert said.pop().count("', '") == len(NAMES) - 2  # every scenario but the bench


@pytest.mark.parametrize("other", [replace(SHORT, seed=10), replace(SHORT, start=START + 1)])
def test_another_seed_or_start_shares_no_id(other: Run) -> None:
    def ids(run: Run) -> set[str]:
        said = played(run).said
        return {event.event_id for _, event in said} | {fact.leg_id for fact in facts(said)}

    assert not ids(SHORT) & ids(other)


def test_a_run_bounded_by_a_time_is_the_beginning_of_the_unbounded_one() -> None:
    longer = as_bytes(played(replace(SHORT, until=START + HOUR)).said)
    before = [e for e in played(SHORT).said if e[1].at < START + 20 * MINUTE]
    assert len(before) > 1_000
    assert as_bytes(before) == longer[: len(before)]


def test_every_event_is_one_that_its_topic_takes(morning: Morning) -> None:
    decoders = {"calls": decode_call, "agents": decode_agent}
    for topic, event in morning.said:
        assert decoders[topic](encode(event)) == event


def test_ids_are_unique_and_times_in_order(morning: Morning) -> None:
    ids = Counter((topic, event.event_id) for topic, event in morning.said)
    assert ids.most_common(1)[0][1] == 1
    times = [event.at for _, event in morning.said]
    assert times == sorted(times)


def test_the_books_balance_at_the_end(morning: Morning) -> None:
    kinds = Counter(type(fact).__name__ for fact in facts(morning.said))
    left = kinds["Abandoned"] + kinds["Exited"] + kinds["CallbackRequested"]
    assert kinds["Queued"] == morning.simulation.offered > 500
    assert kinds["Queued"] == kinds["Answered"] + left
    assert kinds["Answered"] == kinds["Ended"] == kinds["WrapStarted"] == kinds["WrapEnded"]
    assert kinds["Held"] == kinds["Unheld"] > 0
    assert kinds["Offered"] == kinds["Answered"] + kinds["OfferMissed"] + kinds["OfferCancelled"]
    assert kinds["OfferMissed"] > 0
    assert not morning.simulation.open


ALLOWED = {
    None: {"Queued", "Rejected"},
    "Queued": {"Offered", "Abandoned", "Exited", "CallbackRequested"},
    "Offered": {"Answered", "OfferMissed", "OfferCancelled"},
    "OfferMissed": {"Offered", "Abandoned", "Exited", "CallbackRequested"},
    "OfferCancelled": {"Abandoned", "Exited", "CallbackRequested"},
    "Answered": {"Ended", "Held"},
    "Held": {"Unheld"},
    "Unheld": {"Ended"},
    "Ended": {"WrapStarted"},
    "WrapStarted": {"WrapEnded"},
}


def test_every_leg_lives_one_of_the_lives_a_leg_can_live(morning: Morning) -> None:
    last: dict[str, str] = {}
    for fact in facts(morning.said):
        kind = type(fact).__name__
        assert kind in ALLOWED.get(last.get(fact.leg_id), set()), (fact, last.get(fact.leg_id))
        last[fact.leg_id] = kind
    over = {"WrapEnded", "Abandoned", "Exited", "CallbackRequested", "Rejected"}
    assert set(last.values()) <= over


def test_no_agent_has_two_calls_and_his_state_says_which_he_has(morning: Morning) -> None:
    busy: dict[str, str] = {}
    for fact in facts(morning.said):
        agent = getattr(fact, "agent", "")
        match fact:
            case calls.Offered():
                assert agent not in busy, (fact, busy[agent])
                busy[agent] = fact.leg_id
            case calls.Answered() | calls.WrapStarted():
                assert busy[agent] == fact.leg_id
            case calls.OfferMissed() | calls.OfferCancelled() | calls.WrapEnded():
                assert busy.pop(agent) == fact.leg_id
    assert busy == {}


def test_the_states_of_an_agent_fill_the_time_he_is_logged_in(morning: Morning) -> None:
    in_calls: Counter[str] = Counter()
    began: dict[tuple[str, str], int] = {}
    for fact in facts(morning.said):
        match fact:
            case calls.Offered():
                began[fact.leg_id, fact.agent] = fact.at
            case calls.OfferMissed() | calls.OfferCancelled() | calls.WrapEnded():
                in_calls[fact.agent] += fact.at - began.pop((fact.leg_id, fact.agent))
    for agent, spells in states(morning.said).items():
        assert spells[0].routing_state != "logged_out"
        assert spells[-1].routing_state == "logged_out"
        assert all(spell.since == spell.at for spell in spells)
        by_state: Counter[str] = Counter()
        logged_in = 0
        for spell, following in pairwise(spells):
            if spell.routing_state == "logged_out":
                continue
            kind = spell.activity if spell.activity != "idle" else spell.routing_state
            by_state[kind] += following.at - spell.at
            logged_in += following.at - spell.at
        assert sum(by_state.values()) == logged_in
        working = sum(by_state[kind] for kind in ("ringing", "talking", "hold", "wrap"))
        assert working == in_calls[agent]


def test_an_agent_only_gets_calls_that_he_has_the_skill_for(morning: Morning) -> None:
    skills = {person.agent: set(person.queues) for person in morning.simulation.centre.people}
    offers = [fact for fact in facts(morning.said) if isinstance(fact, calls.Offered)]
    assert all(offer.queue in skills[offer.agent] for offer in offers)


def test_nobody_waits_while_somebody_with_the_skill_is_free(morning: Morning) -> None:
    """After everything of a moment has happened; ringing callers still wait, but have their agent."""
    skills = {person.agent: person.queues for person in morning.simulation.centre.people}
    waiting: dict[str, set[str]] = defaultdict(set)
    free: set[str] = set()
    said = morning.said
    for place, (_, event) in enumerate(said):
        match event:
            case calls.Queued() | calls.OfferMissed():
                waiting[event.queue].add(event.leg_id)
            case calls.Offered() | calls.Abandoned() | calls.Exited() | calls.CallbackRequested():
                waiting[event.queue].discard(event.leg_id)
            case AgentState():
                is_free = event.routing_state == "available" and event.activity == "idle"
                (free.add if is_free else free.discard)(event.agent)
        if place + 1 < len(said) and said[place + 1][1].at == event.at:
            continue
        for agent in free:
            assert not any(waiting[queue] for queue in skills[agent]), (event.at, agent)


def test_a_count_of_calls_is_exact_and_the_run_ends() -> None:
    ended = played(Run(START, seed=5, key=KEY, calls=137))
    kinds = Counter(type(fact).__name__ for fact in facts(ended.said))
    assert kinds["Queued"] == 137
    assert ended.simulation.finished_at is not None
    assert [type(event).__name__ for _, event in ended.said[-2:]] == ["EndOfInput"] * 2


def test_redials_and_transfers_carry_the_same_caller(morning: Morning) -> None:
    queued = [fact for fact in facts(morning.said) if isinstance(fact, calls.Queued)]
    by_contact: dict[str, list[calls.Queued]] = defaultdict(list)
    for fact in queued:
        by_contact[fact.contact_id].append(fact)
    moved = [legs for legs in by_contact.values() if len(legs) > 1]
    assert moved, "nobody was transferred"
    for legs in moved:
        assert len({leg.caller for leg in legs}) == 1
        assert len({leg.leg_id for leg in legs}) == len(legs)
    transfers = sum(isinstance(f, calls.Ended) and f.by == "transfer" for f in facts(morning.said))
    assert 0 < sum(len(legs) - 1 for legs in moved) <= transfers  # a closed or empty queue refuses
    callers = Counter(legs[0].caller for legs in by_contact.values() if legs[0].caller)
    assert callers.most_common(1)[0][1] > 1, "nobody called again"


def test_no_number_in_clear_leaves(morning: Morning) -> None:
    callers = {fact.caller for fact in facts(morning.said) if isinstance(fact, calls.Queued)}
    assert "" in callers, "nobody withheld his number"
    assert all(token.startswith(f"{KEY.key_id}.") for token in callers - {""})
    assert all(len(token) == len(KEY.key_id) + 1 + 32 for token in callers - {""})


def test_a_missed_offer_rings_as_long_as_it_should_and_takes_the_agent_out(
    morning: Morning,
) -> None:
    offered: dict[tuple[str, str], int] = {}
    after = states(morning.said)
    for fact in facts(morning.said):
        match fact:
            case calls.Offered():
                offered[fact.leg_id, fact.agent] = fact.at
            case calls.OfferMissed():
                rang = fact.at - offered[fact.leg_id, fact.agent]
                assert 12 * SECOND <= rang < 20 * SECOND
                state = next(s for s in after[fact.agent] if s.at == fact.at)
                assert state.routing_state in ("not_ready", "logged_out")
