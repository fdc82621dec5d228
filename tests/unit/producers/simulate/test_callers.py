"""What is drawn is what was measured. Fixed seeds; the bounds are four standard errors or wider."""

from math import exp, log, sqrt
from random import Random

import pytest

from producers.simulate.callers import HAZARD, Callers, cumulative_hazard, patience_ms
from producers.simulate.centre import Demand, Scenario
from schemas.millis import MINUTE, SECOND
from tests.unit.producers.simulate.conftest import KEY

DRAWS = 20_000


def test_patience_survives_as_its_hazard_says() -> None:
    """Kaplan-Meier of uncensored waits is the share that outlasts t; compared at every edge and beyond."""
    draw = Random(11)
    waits = sorted(patience_ms(draw, 1.0) / SECOND for _ in range(DRAWS))
    for t in (*(edge for edge, _ in HAZARD[1:]), 57, 300, 900):
        expected = exp(-cumulative_hazard(t))
        survivors = sum(wait > t for wait in waits) / DRAWS
        bound = 4 * sqrt(expected * (1 - expected) / DRAWS) + 1e-3  # cut to a millisecond
        assert abs(survivors - expected) < bound, t


def test_callers_hang_up_at_the_announcement() -> None:
    """The hazard of 55-60 s is about 1.8 times that of 30-50 s and 65-80 s."""
    draw = Random(12)
    waits = [patience_ms(draw, 1.0) / SECOND for _ in range(DRAWS * 5)]

    def rate(start: float, end: float) -> float:
        left = sum(start <= wait < end for wait in waits)
        return left / sum(min(wait, end) - start for wait in waits if wait >= start)

    assert rate(55, 60) > 1.4 * rate(30, 50)
    assert rate(55, 60) > 1.3 * rate(65, 80)


@pytest.mark.parametrize(("t", "measured"), [(20, 0.92), (30, 0.895), (60, 0.82), (300, 0.52)])
def test_the_table_is_the_bank_s(t: float, measured: float) -> None:
    """Queueing literature: survival of those who queued, Kaplan-Meier, to three points."""
    assert exp(-cumulative_hazard(t)) == pytest.approx(measured, abs=0.035)


def test_impatient_callers_leave_sooner() -> None:
    one, two = Random(1), Random(1)
    assert all(patience_ms(one, 1.5) <= patience_ms(two, 1.0) for _ in range(1000))


def callers(**scenario: float) -> Callers:
    return Callers(Scenario("test", "t", **scenario), "seed", KEY)  # type: ignore[arg-type]


def test_talking_time_is_lognormal_beside_the_short_calls() -> None:
    lots = callers()
    demand = Demand("q", "c", 1, talk_median_s=150)
    talks = [lots.talk_ms(demand) / SECOND for _ in range(DRAWS)]
    short = sum(talk < 10 for talk in talks) / DRAWS
    assert 0.045 < short < 0.06
    logs = sorted(log(talk) for talk in talks if talk >= 10)
    assert exp(logs[len(logs) // 2]) == pytest.approx(150, rel=0.04)
    mean = sum(logs) / len(logs)
    sd = sqrt(sum((x - mean) ** 2 for x in logs) / len(logs))
    assert sd == pytest.approx(0.9, rel=0.05)


def test_redials_come_back_as_often_and_as_late_as_measured() -> None:
    lots = callers()
    gaps = [gap for _ in range(DRAWS) if (gap := lots.redials_after(1)) is not None]
    assert len(gaps) / DRAWS == pytest.approx(0.45, abs=0.015)
    assert sorted(gaps)[len(gaps) // 2] == pytest.approx(10 * MINUTE, rel=0.06)
    assert all(lots.redials_after(4) is None for _ in range(200))


def test_a_wait_that_the_platform_ends_is_an_exit() -> None:
    lots = callers()
    demand = Demand("q", "c", 1, 100, give_up_after_s=60)
    ends = [lots.leaves_after(demand) for _ in range(DRAWS)]
    assert {how for _, how in ends} == {"abandoned", "exited"}
    assert all(after == 60 * SECOND for after, how in ends if how == "exited")
    share = sum(how == "exited" for _, how in ends) / DRAWS
    assert share == pytest.approx(exp(-cumulative_hazard(60)), abs=0.012)


def test_a_callback_is_asked_for_only_after_its_time() -> None:
    lots = callers()
    demand = Demand("q", "c", 1, 100, callback_after_s=90)
    asked = [
        after
        for _ in range(DRAWS)
        for after, how in [lots.leaves_after(demand)]
        if how == "callback"
    ]
    assert asked
    assert all(90 * SECOND <= after < 110 * SECOND for after in asked)
