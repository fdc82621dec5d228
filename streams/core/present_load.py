"""How many calls an hour, and how much work, come to a queue now.

The arrivals of the last hour alone vary by chance: by 5 % (standard deviation) where 440 come, by 40 % where six do. A queue that has a
profile knows more: the usual calls of this time of the week, times the level of its day. The level is what the last hour says and what
the profile and the hours before say, each by its weight; both weigh alike from 33 usual calls an hour on. So a rise is seen
within the hour, and an hour of few calls does not make a load.
"""

from math import exp, sqrt
from typing import Any

from msgspec import Struct

from schemas.counters import positions
from schemas.millis import HOUR
from streams.core.expected_calls import BIN_MS, PRIOR_CALLS, ExpectedCalls, level_of_day
from streams.core.queue_days import Day
from streams.core.staffing import Work, work

_SPREAD = 1.3  # of handling times: standard deviation / mean, as measured in real calls
(_OFFERED,) = positions(("offered",))
_LOW = 0.5  # standard deviations: without a profile


class PresentLoad(Struct, frozen=True, gc=False):
    """In Erlangs; `low`: what it is at least, as far as chance allows to say. `calls_an_hour`: None without a profile."""

    work: Work  # of the last hour
    load: float
    low: float
    calls_an_hour: float | None


class KnownLoad:
    """How many calls an hour come to one queue, kept within its minute: rules look several times.

    Calls that arrive meanwhile are neither of the last hour nor of the time before it: the day and the minutes count them alike. Of a
    late fact it is to be told by `forget`, and calls of the next day end it.
    """

    __slots__ = ("_day", "_expected", "_passed", "_rate")

    def __init__(self) -> None:
        self._passed = -1
        self._expected: ExpectedCalls | None = None
        self._day: Day | None = None
        self._rate: float | None = None

    def forget(self) -> None:
        self._passed = -1

    def calls_an_hour(self, expected: ExpectedCalls, view: Any, day: Day | None) -> float | None:
        """`day`: the newest that is counted."""
        passed = view.passed
        if (
            passed != self._passed
            or expected is not self._expected
            or day is not self._day
            or day is None
            or not day.start <= passed < day.end
        ):
            self._rate = _calls_an_hour(expected, view, view.rolling.arrived_in_last(60))
            self._passed, self._expected, self._day = passed, expected, day
        return self._rate


def present_load(view: Any, known: KnownLoad, day: Day | None) -> PresentLoad:
    """Of the minute up to which event time has passed; `view`: a QueueView, which has this as one of its figures."""
    found = work(view.rolling.arrived_in_last(60), view.handled)
    expected = view.expected
    rate = None if expected is None else known.calls_an_hour(expected, view, day)
    if rate is not None:
        load = rate * found.handling_ms / HOUR
        return PresentLoad(found, load, load, rate)
    variance = 1 / max(1, found.arrivals) + _SPREAD**2 / max(1, found.measured)
    return PresentLoad(found, found.load, found.load * exp(-_LOW * sqrt(variance)), None)


def _calls_an_hour(expected: ExpectedCalls, view: Any, in_last_hour: int) -> float | None:
    """None where nothing is usual now: closed, or not in the profile."""
    at = view.passed
    day, so_far = view.day_so_far
    now, usual, usual_before = expected.last_hour(day, at)
    if now is None:
        return None
    offered = so_far[_OFFERED] - view.rolling.arrived_since(at - HOUR)
    before = level_of_day(max(0, offered), usual_before)
    weight = max(PRIOR_CALLS, usual)
    level = (weight * before + in_last_hour) / (weight + usual)
    return now * HOUR / BIN_MS * level
