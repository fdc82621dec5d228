"""Rule `night_calls`: calls of a file that lie in the night, as a wrong time zone puts them there. Pure.

A centre that closes has hours without calls. If it closes, and its calls lie in the night all the same, the
zone is perhaps not its own. One that never closes has calls in all hours, so it is never asked about.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import tzinfo

from schemas.millis import MINUTE, to_datetime

FEWEST_CALLS = 50
NIGHT_HOURS = (22, 23, 0, 1, 2, 3, 4, 5)
NIGHT_SHARE = 1 / 3  # of all calls: more than that is a night; it is the share of 8 hours of 24
CLOSED_HOURS = 8  # on end
CLOSED_SHARE = 0.02  # of all calls: at most that in those hours
MOST = 0.9  # of all calls, in the hours that are told

_DAY = 24
_QUARTER = 15 * MINUTE  # no zone of today is off by less


class Arrivals:
    """Arrivals by queue and quarter of an hour, as the zone is only known when they are told."""

    def __init__(self) -> None:
        self.quarters: dict[str, Counter[int]] = {}  # by queue; the beginning of the quarter in ms

    def add(self, queue: str, at: int) -> None:
        self.quarters.setdefault(queue, Counter())[at - at % _QUARTER] += 1

    def by_hour(self, zone: tzinfo) -> Counter[int]:
        """Calls by hour of the day in the zone."""
        hours: Counter[int] = Counter()
        for of_queue in self.quarters.values():
            for quarter, n in of_queue.items():
                hours[to_datetime(quarter, zone).hour] += n
        return hours


def night_calls(by_hour: Mapping[int, int]) -> tuple[int, int] | None:
    """(first hour, hour of the end) in which the calls lie, if that is a night; None if nothing is odd."""
    calls = [by_hour.get(hour, 0) for hour in range(_DAY)]
    total = sum(calls)
    if total < FEWEST_CALLS:
        return None
    quietest = min(_within(calls, hour, CLOSED_HOURS) for hour in range(_DAY))
    at_night = sum(calls[hour] for hour in NIGHT_HOURS)
    if quietest > CLOSED_SHARE * total or at_night <= NIGHT_SHARE * total:
        return None
    return _shortest(calls, MOST * total)


def _shortest(calls: list[int], wanted: float) -> tuple[int, int]:
    """The shortest stretch of hours with so many calls; of equally long ones that with most."""
    for length in range(1, _DAY):
        first = max(range(_DAY), key=lambda hour: _within(calls, hour, length))
        if _within(calls, first, length) >= wanted:
            return first, (first + length) % _DAY
    return 0, 0


def _within(calls: list[int], first: int, length: int) -> int:
    """Calls in so many hours from `first` on, over midnight too."""
    return sum(calls[(first + each) % _DAY] for each in range(length))
