"""The list for calling back: who is on it, what takes somebody from it, and how far back it reaches."""

from typing import Any

import pytest
from msgspec.structs import replace

from dashboards.callers.not_back import LOOKED_BACK_MS, HungUp, NotBack, not_back
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE
from schemas.snapshots import CALLERS_SHOWN
from tests.support.callers import ANN, BO, DAY_BEGAN, OTHER, QUEUE, came, stays_of
from tests.support.walls import NOW

GAVE_UP = came("a", "abandoned", before=HOUR, wait=2 * MINUTE)


def listed(*rows: LegRow, since: int | None = DAY_BEGAN) -> NotBack:
    found = not_back(stays_of(*rows, known_since=since), QUEUE, NOW, DAY_BEGAN)
    assert found is not None
    return found


def test_somebody_who_hung_up_is_on_the_list_with_when_and_how_long() -> None:
    assert listed(GAVE_UP) == NotBack(
        since=NOW - LOOKED_BACK_MS,
        n=1,
        callers=(HungUp("a", "aaaaaaaa", GAVE_UP.left_at or 0, 2 * MINUTE, 1),),
    )
    assert not_back(stays_of(GAVE_UP), OTHER, NOW, DAY_BEGAN) == NotBack(NOW - LOOKED_BACK_MS)


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"queue": OTHER}, {"outcome": "abandoned", "left_at": NOW, "wait_ms": 1, "queue": OTHER},
        {"outcome": "answered", "left_at": NOW}, {"outcome": "callback", "left_at": NOW},
        {"outcome": "ghost", "left_at": NOW}, {"out_of_hours": True}, {"source": "node-2"},
        {"outcome": "answered", "left_at": NOW, "channel": "callback"},
        {"outcome": "answered", "left_at": NOW, "direction": "outbound"},
    ],
)  # fmt: skip
def test_who_rang_again_in_any_queue_or_was_reached_is_not(changes: dict[str, Any]) -> None:
    assert listed(GAVE_UP, replace(came("b"), **changes)).n == 0


@pytest.mark.parametrize(
    ("changes", "tried"),
    [
        ({"caller": BO}, 0),
        ({"outcome": "rejected", "left_at": NOW}, 0),  # turned away at the door: not helped
        ({"channel": "callback"}, 1),  # it rings now
        ({"channel": "callback", "outcome": "abandoned", "left_at": NOW}, 1),
        ({"direction": "outbound", "outcome": "exited", "left_at": NOW}, 1),
    ],
)
def test_who_was_not_reached_stays_on_it(changes: dict[str, Any], tried: int) -> None:
    found = listed(GAVE_UP, replace(came("b"), **changes))
    assert (found.n, found.callers[0].tried) == (1, tried)


def test_a_call_that_still_waits_elsewhere_is_not_gone() -> None:
    at_once = came("b", before=HOUR + MINUTE, queue=OTHER)  # rang in two queues at a time
    assert listed(GAVE_UP, at_once).n == 0
    before = came("b", "answered", before=3 * HOUR, queue=OTHER)
    assert listed(GAVE_UP, before).n == 1


@pytest.mark.parametrize(
    "changes",
    [{"short": True}, {"out_of_hours": True}, {"channel": "callback"}, {"direction": "outbound"}],
)
def test_who_is_asked_of(changes: dict[str, Any]) -> None:
    found = listed(replace(GAVE_UP, **changes))
    assert (found.n, found.unknown) == (0, 0)


def test_callers_whom_the_platform_does_not_name_are_counted_apart() -> None:
    found = listed(replace(GAVE_UP, caller=""), came("b", caller=""))
    assert (found.n, found.unknown, found.callers) == (0, 1, ())


def test_how_far_back_it_reaches_is_said() -> None:
    edge = came("edge", "abandoned", before=LOOKED_BACK_MS, wait=0)
    assert listed(edge).n == 1
    assert listed(came("old", "abandoned", before=LOOKED_BACK_MS + 1, wait=0)).n == 0
    assert listed(came("ahead", "abandoned", before=0, wait=1)).n == 0  # after the queue's clock
    short = listed(GAVE_UP, edge, since=NOW - 2 * HOUR)
    assert (short.since, short.n, short.callers[0].rang_today) == (NOW - 2 * HOUR, 1, None)
    assert not_back(stays_of(GAVE_UP, known_since=None), QUEUE, NOW, DAY_BEGAN) is None


def test_many_are_counted_and_the_newest_are_named() -> None:
    rows = [
        came(f"{n}", "abandoned", before=HOUR - n * 1000, caller=f"{ANN[:9]}{n:032x}")
        for n in range(CALLERS_SHOWN + 5)
    ]
    found = listed(*rows)
    assert (found.n, len(found.callers)) == (CALLERS_SHOWN + 5, CALLERS_SHOWN)
    assert found.callers[0].leg_id == f"{CALLERS_SHOWN + 4}"
