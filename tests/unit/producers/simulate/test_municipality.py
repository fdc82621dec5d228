"""The municipality and the configuration that ships with it speak of the same queues."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.simulate.bench import bench_centre
from producers.simulate.engine import Run, Simulation
from producers.simulate.municipality import DEMANDS, TIME_ZONE
from producers.simulate.people import Leg
from producers.simulate.scenarios import NAMES, centre_of
from producers.simulate.source import Source
from schemas import calls
from schemas.goal import against_goal
from schemas.millis import HOUR, MINUTE, from_iso
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.unit.producers.simulate.conftest import KEY, played

FILE = Path(__file__).parents[4] / "deploy" / "queues.toml"
TARGETS = {targets.queue: targets for targets in parse_queues(FILE.read_text(), RULE_TABLES).queues}
MIDNIGHT = from_iso("2026-11-25T00:00:00+02:00")
FROM, OPEN, UNTIL = MIDNIGHT + 5 * HOUR, MIDNIGHT + 7 * HOUR, MIDNIGHT + 18 * HOUR
SEEDS = range(1, 7)
HALF_HOUR = 30 * MINUTE


def test_both_name_the_same_queues_in_the_same_centres_with_the_same_hours() -> None:
    assert {d.queue: (d.centre, d.opening) for d in DEMANDS} == {
        queue: (targets.centre, targets.opening) for queue, targets in TARGETS.items()
    }


def test_it_is_as_large_as_the_documentation_says() -> None:
    centre = centre_of("ordinary")
    assert len(TARGETS) == 25
    assert len({targets.centre for targets in TARGETS.values()}) == 8
    assert len({person.agent for person in centre.people}) == 200


def test_every_queue_has_a_promise_an_owner_and_its_alerts() -> None:
    for targets in TARGETS.values():
        assert targets.time_zone == TIME_ZONE
        assert targets.owner
        assert {
            "oldest_wait",
            "abandonment",
            "nobody_signed_in",
            "understaffed",
        } <= targets.alerts.keys()
    assert len({(t.answer_within_ms, t.goal) for t in TARGETS.values()}) > 5


@pytest.mark.parametrize("name", NAMES)
def test_skills_and_transfers_name_queues_that_exist(name: str) -> None:
    centre = centre_of(name)
    queues = {demand.queue for demand in centre.demands}
    assert {queue for person in centre.people for queue in person.queues} == queues
    assert {queue for demand in centre.demands for queue in demand.transfers_to} <= queues


def test_no_two_scenarios_share_the_letter_in_their_ids() -> None:
    codes = [centre_of(name).scenario.code for name in NAMES]
    assert len(set(codes)) == len(codes)


def test_the_bench_centre_has_the_queues_that_one_asks_for() -> None:
    assert len(bench_centre(queues=7).demands) == 7


def test_a_weekday_morning_is_believable() -> None:
    """Most queues keep their promise, a few just miss it, none is hopeless. Seed and day are fixed."""
    start = from_iso("2026-11-25T06:00:00+02:00")
    said = played(Run(start, seed=1, key=KEY, until=start + 6 * HOUR)).said
    arrived: dict[str, int] = {}
    offered, in_target, abandoned = (dict.fromkeys(TARGETS, 0) for _ in range(3))
    for _, event in said:
        match event:
            case calls.Queued():
                arrived[event.leg_id] = event.at
                offered[event.queue] += 1
            case calls.Answered():
                wait = event.at - arrived[event.leg_id]
                in_target[event.queue] += wait <= TARGETS[event.queue].answer_within_ms
            case calls.Abandoned():
                abandoned[event.queue] += 1
    levels = {queue: in_target[queue] / offered[queue] for queue in TARGETS}
    assert 2_500 < sum(offered.values()) < 6_000
    missed = [queue for queue, level in levels.items() if level < (TARGETS[queue].goal or 0)]
    assert len(missed) <= len(TARGETS) / 4
    assert min(levels.values()) > 0.65
    assert 0.01 < sum(abandoned.values()) / sum(offered.values()) < 0.10


def legs_of(seed: int) -> Iterator[tuple[str, Leg]]:
    source = Source(Simulation(centre_of("ordinary"), Run(FROM, seed=seed, key=KEY)))
    done: list[Leg] = []
    source.simulation.complete = done
    source.upto(UNTIL)
    for leg in done:
        yield source.simulation.centre.demands[leg.queue].queue, leg


def below_goal(seed: int) -> list[int]:
    """How many of the queues missed their goal in each half hour from the opening on, by plain counting."""
    counted: dict[tuple[str, int], Counter[bool]] = defaultdict(Counter)
    within = {queue: each.answer_within_ms or 0 for queue, each in TARGETS.items()}
    for queue, leg in legs_of(seed):
        is_short = not leg.answered_at and leg.left_at - leg.arrived_at < 5_000
        if not is_short:
            is_good = 0 < leg.answered_at <= leg.arrived_at + within[queue]
            counted[queue, (leg.arrived_at - OPEN) // HALF_HOUR][is_good] += 1
    goals = {queue: each.goal for queue, each in TARGETS.items()}
    missed = Counter(
        half_hour
        for (queue, half_hour), good in counted.items()
        if against_goal(good[True], good.total(), goals[queue]) == "missed"
    )
    return [missed[each] for each in range((UNTIL - OPEN) // HALF_HOUR)]


def test_few_queues_miss_their_goal_at_any_hour_and_none_because_it_opens() -> None:
    """An ordinary day is calm, whatever its seed: else no scenario stands out from it on a board."""
    days = [below_goal(seed) for seed in SEEDS]
    everywhere = [missed for day in days for missed in day]
    at_opening = [missed for day in days for missed in day[:3]]
    assert sum(everywhere) / len(everywhere) < 1.5  # of 25 queues
    assert sum(at_opening) / len(at_opening) < 1.5
