"""Shifts and breaks: a queue has its people before its first caller, and a small team is not away at once."""

from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest

from producers.simulate.municipality import TIME_ZONE
from producers.simulate.scenarios import centre_of
from producers.simulate.shifts import duty_of
from schemas.millis import MINUTE, from_iso, to_datetime

MIDNIGHT = from_iso("2026-11-25T00:00:00+02:00")
ZONE = ZoneInfo(TIME_ZONE)
DAY = to_datetime(MIDNIGHT, ZONE).date()


@pytest.mark.parametrize("seed", range(1, 7))
def test_who_opens_a_queue_is_there_before_its_first_caller(seed: int) -> None:
    for person in centre_of("ordinary").people:
        duty = duty_of(person, DAY, ZONE, str(seed), absent_share=0)
        if duty is not None:
            assert duty.login_at <= MIDNIGHT + person.shift.start_min * MINUTE


def test_of_a_team_few_are_on_a_break_at_once() -> None:
    """By chance alone half of a small one would be."""
    teams: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
    for person in centre_of("ordinary").people:
        duty = duty_of(person, DAY, ZONE, "1", absent_share=0)
        if duty is not None and duty.breaks:
            centre = frozenset(person.queues[:1])
            teams[centre, person.shift.start_min].append(duty.breaks[0].at)
    for begins in teams.values():
        together = max(sum(abs(at - other) < 7 * MINUTE for other in begins) for at in begins)
        assert together <= 1 + len(begins) / 2
