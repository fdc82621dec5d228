"""How many calls about one topic come from one area in an ordinary hour, from what the stream itself has seen.

A cell is one topic in one area. Most cells have fewer than one call an hour, so a cell's own calls say little for
days: its rate is drawn toward what its topic and its area make one expect (queueing.md calls it shrinkage).
"""

from collections.abc import Iterable

from msgspec import Struct

from schemas.millis import HOUR

# Before anything is known: calls an hour of one cell. It weighs as much as one hour of what was seen.
FIRST_RATE = 0.3
FIRST_HOURS = 1.0
PRIOR_HOURS = 24.0  # so much of a cell's own hours weighs as much as what topic and area say
LEAST_RATE = 0.02  # with a lower one, two calls would be improbable enough
# The busy hours of a day have several times the calls of its mean: at twice the ordinary rate, chance alone raises the
# alarm fifty times as often. So a rate follows all calls of the last hour, as far as they are enough to say anything.
_LEVEL_CALLS = 20.0
_MOST_LEVEL = 4.0
_KEPT_A_HOUR = 0.5 ** (1 / 168)  # what was seen a week ago (in hours with calls) weighs half
_FORGOTTEN_BELOW = 0.01
_LEARNED_HOURS = 0.75


class OwnCalls(Struct, gc=False):
    """The calls of one cell in the hours that were counted, the older the less."""

    calls: float = 0.0
    hours: float = 0.0

    def add_hour(self, calls: int, part: float = 1.0) -> None:
        self.calls = self.calls * _KEPT_A_HOUR + calls
        self.hours = self.hours * _KEPT_A_HOUR + part


class Baseline(Struct, gc=False):
    """Calls by topic and by area. An hour without any call in any cell is not counted: the centre was closed."""

    hours: float = 0.0
    total: float = 0.0
    volume: float = 0.0  # the same, with those who called again and those who are unknown
    topics: dict[str, float] = {}
    areas: dict[str, float] = {}
    watched_from: int | None = None  # the first call ever; None: not yet, or a former release knew

    @property
    def is_learning(self) -> bool:
        """Too little is known before the first hour is over: every cell of a busy centre would look like an incident."""
        return self.hours < _LEARNED_HOURS

    def watch(self, at: int) -> bool:
        """Somebody called at `at`. Whether the first call is another one now: what other partitions tell may be earlier,
        by more than an hour only from a time that was not watched.
        """
        first = self.watched_from
        if not self.is_learning or (first is not None and not first - HOUR <= at < first):
            return False
        self.watched_from = at
        return True

    def part_of_hour(self, end: int) -> float:
        """How much of the hour that ends was watched: of the first one only what is left of it when the first call comes."""
        if self.watched_from is None:
            return 1.0
        return min(1.0, max(0.0, (end - self.watched_from) / HOUR))

    def add_hour(
        self, calls: Iterable[tuple[str, str, int]], volume: int, part: float = 1.0
    ) -> None:
        """(topic, area, callers) of one hour, and all its calls; `part` of it was watched."""
        self.hours = self.hours * _KEPT_A_HOUR + part
        self.total *= _KEPT_A_HOUR
        self.volume = self.volume * _KEPT_A_HOUR + volume
        self.topics, self.areas = _faded(self.topics), _faded(self.areas)
        for topic, area, number in calls:
            self.total += number
            self.topics[topic] = self.topics.get(topic, 0.0) + number
            self.areas[area] = self.areas.get(area, 0.0) + number

    def take_out(self, topic: str, area: str, callers: int, volume: int) -> None:
        """So many of an incident were counted as ordinary before it was known to be one."""
        self.total = max(0.0, self.total - callers)
        self.volume = max(0.0, self.volume - volume)
        self.topics[topic] = max(0.0, self.topics.get(topic, 0.0) - callers)
        self.areas[area] = max(0.0, self.areas.get(area, 0.0) - callers)

    def rate(self, topic: str, area: str, own: OwnCalls, others: int) -> float:
        """Ordinary calls an hour of the cell at a time of the day at which the other cells had `others` in an hour."""
        return self._mean_rate(topic, area, own) * self._level(own, others)

    def _mean_rate(self, topic: str, area: str, own: OwnCalls) -> float:
        """(alpha + calls) / (beta + hours) toward topic rate x area share."""
        expected = FIRST_RATE * FIRST_HOURS
        if self.total:
            expected += self.topics.get(topic, 0.0) * self.areas.get(area, 0.0) / self.total
        prior = expected / (FIRST_HOURS + self.hours)
        return max(LEAST_RATE, (prior * PRIOR_HOURS + own.calls) / (PRIOR_HOURS + own.hours))

    def _level(self, own: OwnCalls, others: int) -> float:
        """How busy the other cells are against the mean of all hours."""
        if not self.hours:
            return 1.0
        ordinary = self.volume / self.hours - (own.calls / own.hours if own.hours else 0.0)
        level = (_LEVEL_CALLS + others) / (_LEVEL_CALLS + max(0.0, ordinary))
        return min(_MOST_LEVEL, max(1 / _MOST_LEVEL, level))


def _faded(calls: dict[str, float]) -> dict[str, float]:
    faded = {name: number * _KEPT_A_HOUR for name, number in calls.items()}
    return {name: number for name, number in faded.items() if number >= _FORGOTTEN_BELOW}
