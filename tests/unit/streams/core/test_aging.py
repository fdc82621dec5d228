"""Who reaches a cap is found as by looking at everybody each minute."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.calls import LegEvent
from schemas.millis import HOUR, MINUTE
from schemas.targets import Targets
from streams.core.aging import Aging
from streams.core.closing import by_age, least_cap
from streams.core.leg_store import Entry, entry_of
from streams.core.line import Line
from streams.core.verdict import judge
from tests.support.builders import MONDAY, call, targets, told

RULED = targets()
CAPS = (RULED.waiting_cap_ms, RULED.service_cap_ms)  # 2 h and 12 h


def ruled(_: Entry) -> Targets | None:
    return RULED


def entry(*facts: LegEvent) -> Entry:
    leg = told(*facts)
    return entry_of(leg, judge(leg, RULED, out_of_hours=False), 1)


def place(line: Line, aging: Aging, each: Entry) -> None:
    line.place(each, was_open=True, has_moved=False)
    aging.note(each.verdict.left_at or each.verdict.arrived_at or 0)


def test_only_those_are_told_whose_cap_is_reached() -> None:
    line, aging = Line(), Aging(least_cap([]))
    place(line, aging, entry(call("queued", "ada", MONDAY)))
    talks = entry(call("queued", "bob", MONDAY), call("answered", "bob", MONDAY + MINUTE))
    place(line, aging, talks)
    assert aging.reached(MONDAY + CAPS[0] - 1, line, ruled) == []
    assert [e.key[0] for e in aging.reached(MONDAY + CAPS[0], line, ruled)] == ["ada"]
    assert aging.reached(MONDAY + MINUTE + CAPS[1] - 1, line, ruled) == []
    assert aging.reached(MONDAY + MINUTE + CAPS[1], line, ruled) == [talks]


def test_a_sign_of_life_puts_it_off_and_who_is_gone_is_not_told() -> None:
    line, aging = Line(), Aging(least_cap([]))
    for leg in ("ada", "bob"):
        place(line, aging, entry(call("queued", leg, MONDAY)))
    assert aging.reached(MONDAY, line, ruled) == []
    seen = entry(call("queued", "ada", MONDAY), call("present", "ada", MONDAY + HOUR))
    line.waiting[seen.key] = seen
    line.take_out(entry(call("queued", "bob", MONDAY), call("abandoned", "bob", MONDAY + 1)))
    assert aging.reached(MONDAY + CAPS[0], line, ruled) == []
    assert aging.reached(MONDAY + HOUR + CAPS[0], line, ruled) == [seen]


MOMENTS = st.integers(0, 16 * 60).map(lambda minute: minute * MINUTE)


@given(
    callers=st.lists(st.tuples(MOMENTS, st.none() | st.integers(0, 90)), max_size=12),
    looks=st.lists(MOMENTS, max_size=20),
)
def test_nobody_is_found_later_than_by_looking_at_all(
    callers: list[tuple[int, int | None]], looks: list[int]
) -> None:
    """`callers`: when each arrives, and minutes to the answer (None: none). They become known in the order of their arrival."""
    line, aging = Line(), Aging(least_cap([]))
    coming = sorted(callers, key=lambda each: each[0])
    for look in sorted(looks):
        while coming and coming[0][0] <= look:
            came, answer = coming.pop(0)
            facts = [call("queued", f"{came}-{len(coming)}", MONDAY + came)]
            if answer is not None:
                at = MONDAY + came + answer * MINUTE
                facts.append(call("answered", f"{came}-{len(coming)}", at))
            place(line, aging, entry(*facts))
        every = [*line.open_entries(), *line.serving.values()]
        due = [each for each in every if by_age(each, RULED, MONDAY + look) is not None]
        found = aging.reached(MONDAY + look, line, ruled)
        assert {each.key for each in found} == {each.key for each in due}
        for each in found:
            line.waiting.pop(each.key, None)
            line.serving.pop(each.key, None)
