"""The weeks and troubles that the benchmark makes."""

from random import Random

import pytest

from schemas.millis import HOUR, MINUTE
from tests.bench.troubles import ALWAYS, LARGE, MONDAY, SMALL, TROUBLES, nobody, trouble, week


def test_a_week_as_planned_has_agents_whenever_somebody_calls() -> None:
    for desk in (LARGE, SMALL, ALWAYS):
        made = week(desk)
        assert made.cause is None
        assert [p.at for p in made.phases] == sorted(p.at for p in made.phases)
        assert all(p.agents for p in made.phases if p.calls_a_minute)
    assert len(week(LARGE).phases) == 5 * 4
    assert min(phase.agents for phase in week(ALWAYS).phases) == 2


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_begins_with_its_cause(name: str) -> None:
    made = trouble(name, SMALL, Random(1))
    assert made.cause is not None
    assert MONDAY + 10 * HOUR <= made.cause < MONDAY + 13 * HOUR
    assert made.end == made.cause + 2 * HOUR
    later = [p.at for p in made.phases if p.at >= made.cause] + [e.at for e in made.extra]
    assert min(later) == made.cause
    assert [p.at for p in made.phases] == sorted(p.at for p in made.phases)


def test_a_burst_pipe_halves_in_forty_minutes() -> None:
    made = trouble("burst_pipe", LARGE, Random(1))
    after = [each.at - (made.cause or 0) for each in made.extra]
    first = sum(at < 40 * MINUTE for at in after)
    second = sum(40 * MINUTE <= at < 80 * MINUTE for at in after)
    assert 60 < first < 120
    assert 0.3 < second / first < 0.75


def test_nobody_at_night() -> None:
    made = nobody(Random(1))
    assert made.phases[-1].agents == 0
    assert made.extra[0].at == made.cause == made.phases[-1].at + HOUR
