"""Facts of a conversation judged by themselves: the same verdict and counts as judging the leg whole."""

from collections import Counter
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.millis import MINUTE, SECOND
from streams.core.leg import absorb, arrival, new_leg
from streams.core.leg_store import entry_of
from streams.core.verdict import (
    contributions,
    is_over,
    judge,
    judge_service,
    recount_service,
    touches_service_only,
)
from tests.support.builders import FACTS, MONDAY, call, targets

RULED = targets()
WAITS = st.none() | st.sampled_from([0, 19 * SECOND, 20 * SECOND, 21 * SECOND, 2 * MINUTE])
USUAL = ("queued", "answered", "held", "unheld", "ended", "wrap_started", "wrap_ended")


@st.composite
def facts(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(USUAL) | st.sampled_from([each for each in FACTS if each != "leg"]))
    at = MONDAY + draw(st.integers(0, 8)) * 10 * SECOND
    more: dict[str, Any] = {}
    if kind in {"answered", "ended", "abandoned"} and draw(st.booleans()):
        more["wait_ms"] = draw(WAITS)
    if kind == "ended" and draw(st.booleans()):
        more["talk_ms"] = draw(WAITS)
    if kind == "queued" and draw(st.integers(0, 9)) == 0:
        more["direction"] = "outbound"
    return call(kind, "ada", at, **more)


# Nobody told when he came: the end of his conversation dates it before what the answer said.
_DATED_ANEW: list[Any] = [
    call("answered", "ada", MONDAY + MINUTE, wait_ms=SECOND),
    call("ended", "ada", MONDAY + 2 * MINUTE, talk_ms=MINUTE, wait_ms=20 * SECOND),
]


@example(told=_DATED_ANEW, closed=False)
@given(told=st.lists(facts(), min_size=1, max_size=12), closed=st.booleans())
def test_it_says_what_judging_the_whole_leg_says(told: list[Any], closed: bool) -> None:
    leg = new_leg(told[0])
    verdict = judge(leg, RULED, out_of_hours=closed)
    counted = contributions(leg, verdict)
    for event in told:
        before, old, formerly = leg, verdict, counted
        leg = replace(before)
        if not absorb(leg, event):
            continue
        verdict = judge(leg, RULED, out_of_hours=closed)
        counted = contributions(leg, verdict)
        if touches_service_only(event, old, before, leg):
            assert judge_service(old, leg) == verdict
            plus, minus = recount_service(before, old, leg, verdict)
            assert Counter(formerly) + Counter(plus) - Counter(minus) == Counter(counted)
            assert arrival(leg) == arrival(before)


CLOSED_AT = st.none() | st.integers(0, 9).map(lambda n: MONDAY + n * 10 * SECOND)


@given(
    told=st.lists(facts(), min_size=1, max_size=6),
    closed_at=CLOSED_AT,
    service_closed_at=CLOSED_AT,
    out_of_hours=st.booleans(),
)
def test_a_leg_is_over_exactly_where_its_verdict_says_so(
    told: list[Any], closed_at: int | None, service_closed_at: int | None, out_of_hours: bool
) -> None:
    """Of a pack that is read back it is asked before there is a verdict."""
    leg = new_leg(told[0])
    for event in told:
        absorb(leg, event)
    if closed_at is not None:
        leg = replace(leg, closed_at=closed_at, closed_as="ghost")
    leg = replace(leg, service_closed_at=service_closed_at)
    verdict = judge(leg, RULED, out_of_hours=out_of_hours)
    assert is_over(leg) == entry_of(leg, verdict, 1).is_settled


def test_it_is_the_way_of_every_usual_conversation() -> None:
    told: list[Any] = [call(kind, "ada", MONDAY + at * SECOND) for at, kind in enumerate(USUAL)]
    leg = new_leg(told[0])
    absorb(leg, told[0])
    ways = []
    for event in told[1:]:
        before, leg = leg, replace(leg)
        absorb(leg, event)
        ways.append(
            touches_service_only(event, judge(before, RULED, out_of_hours=False), before, leg)
        )
    assert ways == [False, True, True, True, True, True]
