"""The simulated desk against Erlang A, and what happens when agents leave."""

from random import Random

import pytest

from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.erlang_a import ErlangA
from tests.bench.desk import Desk, Extra, Happened, Phase, simulate

SMALL = Desk("small", 8, 1.1)


def run(desk: Desk, *phases: Phase, until: int = HOUR, extra: tuple[Extra, ...] = ()) -> list[Happened]:  # fmt: skip
    return list(simulate(desk, phases, until, Random(3), extra))


@pytest.mark.parametrize(("agents", "calls"), [(8, 1.1), (6, 1.1), (29, 7.33)])
def test_a_desk_without_other_spread_is_erlang_a(agents: int, calls: float) -> None:
    desk = Desk("one", agents, calls, spread=1.0)
    arrived: dict[int, int] = {}
    good = gone = 0
    for each in run(desk, Phase(0, calls, agents), until=round(40_000 / calls) * MINUTE):
        if each.kind == "queued":
            arrived[each.who] = each.at
        elif each.kind == "answered":
            good += each.at - arrived[each.who] <= 20 * SECOND
        gone += each.kind == "abandoned"
    model = ErlangA(agents, calls * 4, desk.handling_ms, desk.patience_ms)
    assert good / len(arrived) == pytest.approx(model.answered_within(20 * SECOND), abs=0.025)
    assert gone / len(arrived) == pytest.approx(model.abandoned, abs=0.012)


def test_everything_is_told_once_and_in_order() -> None:
    told = run(SMALL, Phase(0, 3.0, 2), Phase(30 * MINUTE, 1.0, 6))
    assert [each.at for each in told] == sorted(each.at for each in told)
    of = {kind: [e.who for e in told if e.kind == kind] for kind in ("queued", "answered", "ended", "abandoned")}  # fmt: skip
    assert all(len(set(calls)) == len(calls) for calls in of.values())
    assert not set(of["answered"]) & set(of["abandoned"])
    assert set(of["ended"]) <= set(of["answered"]) <= set(of["queued"])
    talking: dict[int, int] = {}
    for each in told:
        if each.kind == "answered":
            assert each.agent not in talking
            talking[each.agent] = each.who
        elif each.kind == "ended":
            assert talking.pop(each.agent) == each.who


def test_who_leaves_ends_the_call_first_or_drops_it_and_that_caller_calls_again() -> None:
    def leaving(*, at_once: bool) -> list[Happened]:
        phases = (Phase(0, 20.0, 5), Phase(HOUR // 2, 0.0, 0, at_once))
        told = run(Desk("d", 5, 20.0), *phases, until=5 * HOUR)
        return [each for each in told if each.at >= HOUR // 2]

    dropped = leaving(at_once=True)
    assert [each.at for each in dropped if each.kind == "signed_out"] == [HOUR // 2] * 5
    assert sum(each.kind == "queued" for each in dropped) == 5
    later = [each for each in leaving(at_once=False) if each.kind == "signed_out"]
    assert len(later) == 5
    assert all(each.at > HOUR // 2 for each in later)


def test_callers_besides_the_others_say_what_they_call_about() -> None:
    told = run(SMALL, Phase(0, 0.0, 1), extra=(Extra(MINUTE, "burst pipe/ward-07"),))
    assert [(e.kind, e.at, e.subject) for e in told[:3]] == [
        ("signed_in", 0, ""), ("queued", MINUTE, "burst pipe/ward-07"), ("answered", MINUTE, ""),
    ]  # fmt: skip
    with_subjects = Desk("d", 1, 5.0, subjects=("leak/ward-01",))
    queued = [e for e in run(with_subjects, Phase(0, 5.0, 1)) if e.kind == "queued"]
    assert {each.subject for each in queued} == {"leak/ward-01"}
