"""Which facts are plain; that they are judged alike both ways is in tests/property/test_plain_facts.py."""

from typing import Any

import pytest

from schemas.millis import MINUTE, SECOND
from streams.core.plain_facts import PLAIN
from streams.core.verdict import judge
from tests.support.builders import MONDAY, call, targets, told

RULED = targets()
CAME: Any = call("queued", "ada", MONDAY)
ANSWERED = call("answered", "ada", MONDAY + 12 * SECOND)
ENDED = call("ended", "ada", MONDAY + MINUTE)


def judged(event: Any, *before: Any) -> Any:
    leg = told(*before)
    return PLAIN[type(event)].judge(event, leg, judge(leg, RULED, out_of_hours=False), RULED)


@pytest.mark.parametrize(
    ("event", "before", "outcome"),
    [
        (ANSWERED, (CAME,), "answered"),
        (call("abandoned", "ada", MONDAY + 4), (CAME,), "abandoned"),
        (call("transferred", "ada", MONDAY + 4), (CAME,), "transferred"),
        (ENDED, (CAME, ANSWERED), "answered"),
        (call("wrap_ended", "ada", MONDAY + 2 * MINUTE), (CAME, ANSWERED, ENDED), "answered"),
    ],
)
def test_what_follows_in_order_is_plain(event: Any, before: Any, outcome: str) -> None:
    assert judged(event, *before).outcome == outcome


@pytest.mark.parametrize(
    ("event", "before"),
    [
        (ANSWERED, ()),  # nobody told when the caller came
        (ANSWERED, (CAME, ENDED)),  # its end was told before
        (ANSWERED, (CAME, call("abandoned", "ada", MONDAY + 4))),
        (call("abandoned", "ada", MONDAY + 4), (CAME, call("resumed", "ada", MONDAY + 9))),
        (ENDED, (CAME, ANSWERED, call("held", "ada", MONDAY + 20 * SECOND))),
        (call("ended", "ada", MONDAY + MINUTE, wait_ms=9), (CAME, ANSWERED)),  # its wait counts
        (ENDED, (CAME, ANSWERED, call("ended", "ada", MONDAY + 2 * MINUTE))),
        (call("wrap_ended", "ada", MONDAY + 2 * MINUTE), (CAME, ANSWERED)),
    ],
)
def test_what_contradicts_or_completes_is_judged_whole(event: Any, before: Any) -> None:
    if not before:
        before = (call("offered", "ada", MONDAY),)
    assert judged(event, *before) is None
