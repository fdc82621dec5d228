"""One queue with all that is known, or no queue at all."""

from dashboards.access.rights import Scope
from dashboards.wallboard.queue_detail import QueueDetail, queue_detail
from dashboards.wallboard.view import board
from schemas.millis import HOUR
from tests.support.callers import stays_of
from tests.support.desks import ALL, GONE, VIEWER, WAITS, WATER, town
from tests.support.walls import NOW, person


def of(queue: str, scope: Scope, now: int = NOW) -> QueueDetail | None:
    latest = town(person("thandi", "idle", "burst-pipes"))
    whole = board(latest, now, scope=scope)
    return queue_detail(whole, latest, stays_of(WAITS, GONE), queue, scope)


def test_callers_agents_and_figures() -> None:
    found = of("burst-pipes", ALL)
    assert found is not None
    assert found.callers is not None
    assert found.callers_listed
    assert [each.leg_id for each in found.callers.line] == ["a"]
    story = found.callers.line[0].story
    assert story is not None
    assert story.hung_up_at == GONE.left_at
    assert [each.agent for each in found.row.people] == ["thandi"]


def test_another_department_is_not_told_from_no_queue() -> None:
    assert of("payroll", WATER) is None
    assert of("no-such", ALL) is None


def test_who_may_not_see_callers_sees_how_many_there_are() -> None:
    found = of("burst-pipes", VIEWER)
    assert found is not None
    assert (found.callers_listed, found.callers, found.row.waiting) == (False, None, 1)


def test_nothing_old_is_shown() -> None:
    found = of("burst-pipes", ALL, NOW + HOUR)
    assert found is not None
    assert (found.callers_listed, found.callers, found.figures) == (True, None, ())
