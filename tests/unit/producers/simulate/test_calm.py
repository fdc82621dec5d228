"""An ordinary day is calm, whatever its seed: else no scenario stands out from it on a board."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from producers.simulate.engine import Run, Simulation
from producers.simulate.municipality import TIME_ZONE
from producers.simulate.people import Leg
from producers.simulate.scenarios import centre_of
from producers.simulate.shifts import duty_of
from producers.simulate.source import Source
from schemas.goal import against_goal
from schemas.millis import HOUR, MINUTE, from_iso, to_datetime
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES
from tests.unit.producers.simulate.conftest import KEY

QUEUES = parse_queues(
    (Path(__file__).parents[4] / "deploy" / "queues.toml").read_text(), RULE_TABLES
).queues
MIDNIGHT = from_iso("2026-11-25T00:00:00+02:00")
FROM, OPEN, UNTIL = MIDNIGHT + 5 * HOUR, MIDNIGHT + 7 * HOUR, MIDNIGHT + 18 * HOUR
SEEDS = range(1, 7)
HALF_HOUR = 30 * MINUTE
ZONE = ZoneInfo(TIME_ZONE)


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
    within = {each.queue: each.answer_within_ms or 0 for each in QUEUES}
    for queue, leg in legs_of(seed):
        is_short = not leg.answered_at and leg.left_at - leg.arrived_at < 5_000
        if not is_short:
            is_good = 0 < leg.answered_at <= leg.arrived_at + within[queue]
            counted[queue, (leg.arrived_at - OPEN) // HALF_HOUR][is_good] += 1
    goals = {each.queue: each.goal for each in QUEUES}
    missed = Counter(
        half_hour
        for (queue, half_hour), good in counted.items()
        if against_goal(good[True], good.total(), goals[queue]) == "missed"
    )
    return [missed[each] for each in range((UNTIL - OPEN) // HALF_HOUR)]


def test_few_queues_miss_their_goal_at_any_hour_and_none_because_it_opens() -> None:
    days = [below_goal(seed) for seed in SEEDS]
    everywhere = [missed for day in days for missed in day]
    at_opening = [missed for day in days for missed in day[:3]]
    assert sum(everywhere) / len(everywhere) < 1.5  # of 25 queues
    assert sum(at_opening) / len(at_opening) < 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_who_opens_a_queue_is_there_before_its_first_caller(seed: int) -> None:
    day = to_datetime(OPEN, ZONE).date()
    for person in centre_of("ordinary").people:
        duty = duty_of(person, day, ZONE, str(seed), absent_share=0)
        if duty is not None:
            assert duty.login_at <= MIDNIGHT + person.shift.start_min * MINUTE


def test_of_a_team_few_are_on_a_break_at_once() -> None:
    """By chance alone half of a small one would be."""
    teams: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
    for person in centre_of("ordinary").people:
        duty = duty_of(person, to_datetime(OPEN, ZONE).date(), ZONE, "1", absent_share=0)
        if duty is not None and duty.breaks:
            centre = frozenset(person.queues[:1])
            teams[centre, person.shift.start_min].append(duty.breaks[0].at)
    for begins in teams.values():
        together = max(sum(abs(at - other) < 7 * MINUTE for other in begins) for at in begins)
        assert together <= 1 + len(begins) / 2
