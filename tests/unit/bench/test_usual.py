"""The profile of a desk is its week as planned."""

import pytest

from schemas.millis import HOUR
from schemas.profiles import SLOT_MS, calls_a_week
from tests.bench.troubles import ALWAYS, CLOSES, LARGE, OPENS
from tests.bench.usual import usual


def test_a_desk_of_the_day_has_its_rate_while_it_is_open_and_nothing_else() -> None:
    profile = usual(LARGE)
    opens, closes = OPENS // SLOT_MS, CLOSES // SLOT_MS
    for day in profile.days[:5]:
        assert [n for n in day if n is not None] == pytest.approx([7.33 * 15] * (closes - opens))
        assert all(n is not None for n in day[opens:closes])
    assert all(n is None for day in profile.days[5:] for n in day)


def test_a_desk_round_the_clock_is_never_closed() -> None:
    profile = usual(ALWAYS)
    assert calls_a_week(profile) == pytest.approx(7 * 430)
    assert profile.days[0][3 * HOUR // SLOT_MS] == profile.days[6][3 * HOUR // SLOT_MS]
