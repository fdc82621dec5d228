"""Finds an incident before it is known what is ordinary: in the first hour that is ever counted, and in that of a queue.

The only thing known of a place then is how few called from it before. So few bound its ordinary rate: with a higher one
there would have been more, in 19 of 20 cases. A burst is judged against that bound instead of a mean, so it must be
stronger, or begin later, than one that is found when the ordinary rate is known; one that began with the first call
cannot be found.
"""

from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple

from schemas.millis import HOUR, MINUTE
from streams.core.incident_baseline import most_calls
from streams.core.incident_cell import INCIDENT_RATES, INCIDENT_TIMES, Burst

LEAST_WATCHED_MS = 5 * MINUTE  # before that, hardly any burst is strong enough
# Every caller of a stretch counts here, the first one too, and each is a stretch that might be the burst: hence more than the
# CUSUM of later hours needs.
_LIMIT = 12.1
_SMOOTHING_CALLS = 20.0  # an hour, of all other places: with fewer, how busy it is says nothing


class FirstHour(NamedTuple):
    """A place as of `at`: when each caller called first, in order. Nothing before `watched_from` is known."""

    first_calls: Sequence[int]
    watched_from: int
    at: int
    others: Callable[[int, int], int]  # calls of all other places in [begin, end)

    def burst(self, asked_from: int) -> Burst:
        """The strongest burst that began at `asked_from` or later; its level is 0 if none is strong enough."""
        best = Burst(0.0, self.at, 0)
        if self.at - self.watched_from < LEAST_WATCHED_MS:
            return best
        for before, since in enumerate(self.first_calls):
            if since < asked_from or self._level(before, since, 1.0) < _LIMIT:
                continue  # however busy it is: it only lowers the level
            level = self._level(before, since, self._busier(since))
            if level > max(best.level, _LIMIT):
                best = Burst(level, since, len(self.first_calls) - before)
        return best

    def most_ordinary(self, since: int) -> float:
        """The highest rate (callers an hour) that can have been ordinary before `since`, as busy as it is now."""
        before = sum(at < since for at in self.first_calls)
        return highest_rate(before, since - self.watched_from) * self._busier(since)

    def _level(self, before: int, since: int, busier: float) -> float:
        """As that of the CUSUM (streams.core.incident_cell), of one stretch."""
        rate = highest_rate(before, since - self.watched_from) * busier
        incident = max(INCIDENT_RATES[0], INCIDENT_TIMES * rate)
        callers = len(self.first_calls) - before
        return callers * log(incident / rate) - (incident - rate) * (self.at - since) / HOUR

    def _busier(self, since: int) -> float:
        """How many times as many call in all other places since then as before, at least 1: when a centre opens, every
        place has more calls than before.
        """
        before = _an_hour(self.others(self.watched_from, since), since - self.watched_from)
        now = _an_hour(self.others(since, self.at), self.at - since)
        return max(1.0, (_SMOOTHING_CALLS + now) / (_SMOOTHING_CALLS + before))


def highest_rate(calls: int, watched_ms: int) -> float:
    """Calls an hour: with a higher rate, so few in that time would be seen in less than one of 20 cases."""
    return _an_hour(most_calls(calls), watched_ms)


def _an_hour(calls: float, within_ms: int) -> float:
    return calls * HOUR / max(MINUTE, within_ms)
