"""Spells are the same in whatever order they are asked for."""

from random import Random

from producers.simulate.faults.spells import Spells
from schemas.millis import HOUR, MINUTE
from tests.support.faulty import MORNING


def spells(seed: int = 1) -> Spells:
    return Spells(Random(seed), MORNING, 60 * MINUTE, (5 * MINUTE, 20 * MINUTE))


def test_they_lie_on_ticks_and_apart() -> None:
    drawn = spells()
    drawn.at(MORNING + 24 * HOUR)
    assert len(drawn.drawn) > 15
    for one, next_one in zip(drawn.drawn, drawn.drawn[1:], strict=False):
        assert one.start % 5_000 == one.end % 5_000 == 0
        assert 5 * MINUTE <= one.end - one.start + 5_000 <= 20 * MINUTE + 5_000
        assert next_one.start - one.end >= 29 * MINUTE


def test_the_order_of_questions_does_not_matter() -> None:
    forwards, backwards = spells(), spells()
    moments = [MORNING + minute * MINUTE for minute in range(600)]
    there = [forwards.at(moment) for moment in moments]
    back = [backwards.at(moment) for moment in reversed(moments)]
    assert there == back[::-1]
    assert {spell is None for spell in there} == {True, False}
    first = forwards.drawn[0]
    assert forwards.at(first.start) == first
    assert forwards.at(first.end) is None
    assert (forwards.begun(first.start - 1), forwards.begun(first.start)) == (0, 1)
