"""The counters of a row are those by which the stream counts the same leg."""

from typing import Any

import pytest

from schemas.calls import FinishedLeg
from schemas.counters import COUNTERS
from schemas.formulas import SERVICE_LEVELS
from schemas.opening import Opening, parse_weekly
from schemas.targets_book import TargetsBook
from streams.core.history_leg import history_leg_row
from streams.core.leg import absorb, new_leg
from streams.core.service_counts import service_counts
from streams.core.unit import Cause
from streams.core.verdict import arrived_out_of_hours, contributions, judge
from tests.support.builders import call, clock, published, targets

PROMISE = targets(opening=Opening(parse_weekly("Mon-Fri 09:00-17:00")))
USED = {
    name
    for rule in SERVICE_LEVELS
    for name in (*rule.numerator, *rule.numerator_excluded, *rule.denominator, *rule.excluded)
}


@pytest.mark.parametrize("wait_ms", [4_999, 5_000, 20_000, 20_001])
@pytest.mark.parametrize(
    "more",
    [
        *({"outcome": outcome} for outcome in (
            "answered", "abandoned", "exited", "transferred", "callback", "dropped",
        )),
        *({"outcome": outcome, "channel": "callback"} for outcome in (
            "answered", "abandoned", "exited", "dropped", "ghost",
        )),
        {"outcome": "open", "goes_on": True, "wait_ms": None},
        {"outcome": "rejected", "wait_ms": None},
        {"outcome": "abandoned", "direction": "outbound"},
        {"outcome": "answered", "arrived_at": clock("08:00")},
    ],
)  # fmt: skip
def test_they_are_those_of_the_stream(wait_ms: int, more: dict[str, Any]) -> None:
    said: dict[str, Any] = {
        "arrived_at": clock("10:00"),
        "wait_ms": wait_ms,
        "feed": "history",
    } | more
    event = call("leg", "ada", clock("10:05"), **said)
    assert isinstance(event, FinishedLeg)
    leg = new_leg(event)
    absorb(leg, event)
    closed = arrived_out_of_hours(PROMISE, event.arrived_at)
    streams = {
        COUNTERS[place]
        for _, place, _ in contributions(leg, judge(leg, PROMISE, out_of_hours=closed))
    }
    row = history_leg_row(event, Cause(16, 1), TargetsBook([published(PROMISE)]))
    assert row is not None
    assert set(service_counts(row)) == streams & USED
    assert len(service_counts(row)) == len(set(service_counts(row)))
