"""Plain facts judged in one step: the same verdict and counts as judging the whole leg."""

from collections import Counter
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.calls import Queued
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.leg import Leg, absorb, new_leg
from streams.core.plain_facts import PLAIN, begins, begun, count_arrival
from streams.core.tally import Tally
from streams.core.verdict import contributions, judge
from tests.support.builders import FACTS, MONDAY, call, targets

RULED = targets()
WAITS = st.none() | st.sampled_from([0, 19 * SECOND, 20 * SECOND, 21 * SECOND, 2 * MINUTE])
TALKS = st.none() | st.sampled_from([0, MINUTE, 13 * HOUR])
USUAL = ("answered", "abandoned", "ended", "wrap_started", "wrap_ended", "exited")


@st.composite
def facts(draw: st.DrawFn, kinds: st.SearchStrategy[str]) -> Any:
    kind = draw(kinds)
    at = (
        MONDAY + draw(st.integers(0, 8)) * 10 * SECOND + draw(st.sampled_from([0, 0, 0, 13 * HOUR]))
    )
    more: dict[str, Any] = {}
    if kind in {"answered", "ended", "abandoned", "present"}:
        more["wait_ms"] = draw(st.none() | WAITS)
    if kind == "ended":
        more["talk_ms"] = draw(st.none() | TALKS)
    if kind == "queued":
        more["direction"] = draw(st.sampled_from(["inbound"] * 5 + ["outbound"]))
        more["channel"] = draw(st.sampled_from(["voice", "voice", "callback"]))
    return call(kind, "ada", at, **more)


ANY = st.sampled_from(USUAL) | st.sampled_from([each for each in FACTS if each != "leg"])
QUEUED = facts(st.just("queued"))
# Whatever was told first, nearly always that the caller came; and what nobody told, but was concluded.
TOLD = st.tuples(
    QUEUED | facts(ANY), st.lists(facts(ANY), max_size=8), st.sampled_from(["", "", "wait", "talk"])
).map(lambda told: ([told[0], *told[1]], told[2]))


BOUNDARIES = st.sampled_from([None, MONDAY - HOUR, MONDAY + 30 * SECOND, MONDAY + HOUR, MONDAY + 30 * HOUR])  # fmt: skip


def _counted(leg: Leg, verdict: Any) -> Counter[Any]:
    return Counter(contributions(leg, verdict))


class Counts:
    """All sums of a queue whose time has come to `boundary`, and the minutes to be written."""

    def __init__(self, boundary: int | None) -> None:
        self.written = set[int]()
        self.tally = Tally(lambda _: RULED, self.written.add)
        if boundary is not None:
            self.tally.windows.jump(boundary)

    def all(self) -> Any:
        tally, windows = self.tally, self.tally.windows
        of_line = windows.waiting, windows.in_service
        return (
            tally.totals(), tally.days.freeze(), windows.buckets, windows.minutes, windows.sums, of_line, self.written,
        )  # fmt: skip


@example(([call("queued", "ada", MONDAY), call("resumed", "ada", MONDAY + 12), call("abandoned", "ada", MONDAY + 10)], ""), False, None)  # fmt: skip
@given(told=TOLD, closed=st.booleans(), boundary=BOUNDARIES)
def test_it_says_what_judging_the_whole_leg_says(
    told: tuple[list[Any], str], closed: bool, boundary: int | None
) -> None:
    events, given_up = told
    leg = new_leg(events[0])
    absorb(leg, events[0])
    for place, event in enumerate(events[1:]):
        if place == 1 and given_up == "wait":
            leg = replace(
                leg, closed_at=MONDAY + MINUTE, closed_as="ghost", closed_reason="snapshot"
            )
        if place == 1 and given_up == "talk":
            leg = replace(leg, service_closed_at=MONDAY + HOUR)
        old = judge(leg, RULED, out_of_hours=closed)
        before, plain = replace(leg), PLAIN.get(type(event))
        verdict = plain.judge(event, leg, old, RULED) if plain is not None else None
        assert leg == before  # nothing of it is absorbed yet
        is_new = absorb(leg, event)
        if verdict is None or plain is None:
            continue
        assert is_new
        assert verdict == judge(leg, RULED, out_of_hours=closed)
        more = Counter(plain.contributed(leg, verdict))
        assert _counted(before, old) + more == _counted(leg, verdict)
        one_by_one, at_once = Counts(boundary), Counts(boundary)
        late_at = one_by_one.tally.count(plain.contributed(leg, verdict), ())
        assert plain.count_in(at_once.tally, event, leg, verdict) == late_at
        assert at_once.all() == one_by_one.all()
        if plain.is_of_service:
            assert (verdict.arrived_at, verdict.left_at) == (old.arrived_at, old.left_at)


@given(
    event=QUEUED,
    closed=st.booleans(),
    visit_at=st.sampled_from([None, MONDAY - MINUTE]),
    boundary=BOUNDARIES,
)
def test_a_caller_begins_as_one_who_is_judged_whole(
    event: Queued, closed: bool, visit_at: int | None, boundary: int | None
) -> None:
    event = replace(event, visit_at=visit_at, position=3, priority=1, contact_id="c", area="a")
    leg = new_leg(event)
    absorb(leg, event)
    verdict = judge(leg, RULED, out_of_hours=closed)
    leg.key_at, leg.version, leg.known_at = event.visit_at or event.at, 7, MONDAY + 1
    began = begun(event, 7, MONDAY + 1)
    assert began == leg
    assert begins(began, out_of_hours=closed) == verdict
    one_by_one, at_once = Counts(boundary), Counts(boundary)
    late_at = one_by_one.tally.count(contributions(leg, verdict), ())
    assert count_arrival(at_once.tally, began, verdict) == late_at
    assert at_once.all() == one_by_one.all()


def test_a_plain_call_is_plain_from_its_arrival_to_the_end_of_its_wrap_up() -> None:
    events = [
        call("answered", "ada", MONDAY + 12 * SECOND, agent="ann", wait_ms=12 * SECOND),
        call("ended", "ada", MONDAY + MINUTE, talk_ms=48 * SECOND),
        call("wrap_ended", "ada", MONDAY + 2 * MINUTE),
    ]
    came: Any = call("queued", "ada", MONDAY)
    leg = begun(came, 1, MONDAY)
    for event in events:
        old = judge(leg, RULED, out_of_hours=False)
        assert PLAIN[type(event)].judge(event, leg, old, RULED) is not None
        absorb(leg, event)
