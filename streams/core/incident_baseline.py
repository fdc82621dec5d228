"""How many calls about one topic come from one area in an ordinary hour, from what the stream itself has seen.

A cell is one topic in one area. Most cells have fewer than one call an hour, so a cell's own calls say little for
days: its rate is drawn toward what its topic and its area make one expect (queueing.md calls it shrinkage).

Rule 1: never below its own mean, and never above what its own calls allow. A CUSUM raises its alarm when calls stay over
k = (m1 - m0) / ln(m1 / m0) an hour (queueing.md 4.1), which at m1 = 4 m0 is 2.16 times the rate m0 that it takes for ordinary.
A busy place that topic and area do not explain has more than that from its second hour on, and would page each new user.
Rule 2: until its hours of a day are known, a busy place may have twice as many calls as in its newest hour: centres open.
"""

from collections.abc import Iterable, Mapping
from math import inf, sqrt

from msgspec import Struct

from schemas.millis import DAY, HOUR, MINUTE
from streams.core.decider import TargetsAt
from streams.core.incident_queue import LEARNED_HOURS, KnownQueue
from streams.core.open_hours import were_open

# Before anything is known: calls an hour of one cell. It weighs as much as one hour of what was seen, and only adds:
# as an hour with so few calls it would halve what the first hour shows.
FIRST_RATE = 0.3
FIRST_HOURS = 1.0
PRIOR_HOURS = 24.0  # so much of a cell's own hours weighs as much as what topic and area say
LEAST_RATE = 0.02  # with a lower one, two calls would be improbable enough
# The busy hours of a day have several times the calls of its mean: at twice the ordinary rate, chance alone raises the
# alarm fifty times as often. So a rate follows all calls of the last hour, as far as they are enough to say anything.
_LEVEL_CALLS = 20.0
_MOST_LEVEL = 4.0
_DAY_HOURS = 24.0
# A queue whose first call comes so soon after the first of all was open before: that nobody had called says how few do. Without it the
# burst that is there as the first thing of a queue is taken for what is ordinary, for hours.
# The same holds for the first call of all, where clocks began to pass so soon before it; after a longer silence it may be an office that
# opens, and five minutes of silence allow as much as one place of an office has (36 calls an hour, so an alarm from 78 on).
_OPEN_ALREADY_MS = 10 * MINUTE
_SILENCE_MS = 5 * MINUTE
_HANDFUL = 10.0  # callers of one place in an hour: with fewer, the hour says little
_SURE = 1.645  # standard deviations: 95 %, one-sided
_RISE = 2.0  # from one hour to the next, of a centre that opens (producers.simulate.municipality: a bank's day)
_KEPT_A_HOUR = 0.5 ** (1 / 168)  # what was seen a week ago (in hours with calls) weighs half
_FORGOTTEN_BELOW = 0.01


class OwnCalls(Struct, gc=False):
    """The calls of one cell in the hours that were counted, the older the less."""

    calls: float = 0.0
    hours: float = 0.0

    def add_hour(self, calls: int, part: float = 1.0) -> None:
        self.calls = self.calls * _KEPT_A_HOUR + calls
        self.hours = self.hours * _KEPT_A_HOUR + part

    def know_for(self, hours: float) -> None:
        """Only so many hours say how many call: the rest says it of others."""
        if self.hours > hours:
            self.calls, self.hours = self.calls * hours / self.hours, hours

    @property
    def mean(self) -> float:
        """Calls an hour. Some minutes are no hour: two calls in them would be dozens."""
        return self.calls / max(1.0, self.hours)

    @property
    def most(self) -> float:
        """With a higher rate, so few calls would be seen in less than one of 20 cases."""
        return most_calls(self.calls) / self.hours if self.hours else inf


class Baseline(Struct, gc=False):
    """Calls by topic and by area. An hour without any call in any cell is not counted: the centre was closed."""

    hours: float = 0.0
    total: float = 0.0
    volume: float = 0.0  # the same, with those who called again and those who are unknown
    topics: dict[str, float] = {}
    areas: dict[str, float] = {}
    watched_from: int | None = None  # the first call ever; None: not yet, or a former release knew
    queues: dict[str, KnownQueue] = {}
    counted: list[int] = []  # the ends of the hours of the last day that were counted
    clocks_from: int | None = (
        None  # the first boundary that all clocks passed; None: a former release knew
    )

    @property
    def is_learning(self) -> bool:
        """Too little is known before the first hour is over: every cell of a busy centre would look like an incident."""
        return self.hours < LEARNED_HOURS

    @property
    def began(self) -> int | None:
        """Since when it is known how many call: from the first call on, or from shortly before if clocks passed then."""
        first, clocks = self.watched_from, self.clocks_from
        if first is None or clocks is None or not first - _OPEN_ALREADY_MS <= clocks < first:
            return first
        return max(clocks, first - _SILENCE_MS)

    def began_in(self, queues: Iterable[str], rule: str, targets_at: TargetsAt) -> int | None:
        """The same for these queues: silence before the first call of all says something of those that were open by their hours,
        and had the rule. Of others no call is told: a rule that is switched on in a busy centre would find silence before it.
        """
        first, began = self.watched_from, self.began
        if began is None or began == first:
            return first
        then = [targets_at(each, began) for each in queues]
        are_told = all(each and rule in each.alerts for each in then)
        return began if are_told and were_open(then, began) else first

    def watch(self, at: int) -> bool:
        """Somebody called at `at`. Whether the first call is another one now: what other partitions tell may be earlier,
        by more than an hour only from a time that was not watched.
        """
        first = self.watched_from
        if not self.is_learning or (first is not None and not first - HOUR <= at < first):
            return False
        self.watched_from = at
        return True

    def meet(self, queue: str, at: int, ended: int) -> bool:
        """A call of a queue, while the hours up to `ended` are counted; whether anything is new in that."""
        known = self.queues.get(queue)
        if known is None:
            known = self.queues[queue] = KnownQueue(at, at, at)
        if known.is_known:
            return False
        known.meet(at, ended)
        return True

    def remember(self, queues: Mapping[str, int]) -> None:
        """Queues of calls (of that time) that a former release learned from; it noted no queue."""
        for queue, at in queues.items():
            if queue not in self.queues:
                self.queues[queue] = KnownQueue(at, at, at, is_known=True)

    def learning_since(self, queues: Iterable[str], ended: int) -> int | None:
        """Since when the one of them that is known for longest is watched, while none is known; else None."""
        met = [self.queues[queue] for queue in queues]
        if not self.is_learning and any(each.known_by(ended) for each in met):
            return None
        since = min((each.since for each in met), default=None)
        began = self.watched_from
        if since is None or began is None or since - began > _OPEN_ALREADY_MS:
            return since
        return min(since, began)

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

    def add_late(self, topic: str, area: str, at: int, *, is_caller: bool) -> None:
        """A call that becomes known when its hour is over."""
        end = at // HOUR * HOUR + HOUR
        if end not in self.counted:
            self.add_hour((), 0)
            self.count(end)
        self.volume += 1
        if is_caller:
            self.total += 1
            self.topics[topic] = self.topics.get(topic, 0.0) + 1
            self.areas[area] = self.areas.get(area, 0.0) + 1

    def count(self, end: int) -> None:
        """The hour that ends at `end` is one of those that were counted."""
        newest = max(end, *self.counted) if self.counted else end
        kept = {each for each in self.counted if each > newest - DAY}
        self.counted = sorted(kept | {end})

    def hours_since(self, at: int) -> int:
        """How many hours of the last day were counted since then."""
        return sum(end > at for end in self.counted)

    def hours_without(self, queue: str, at: int, heard_since: int | None) -> float:
        """Those of the last day before `at` in which the queue was known and the node of the call was heard (None: always): nobody called
        about a place whose first call is that.
        """
        begin = max(self.queues[queue].first, heard_since or 0)
        return float(max(0, self.hours_since(begin) - self.hours_since(at)))

    def take_out(self, topic: str, area: str, callers: int, volume: int) -> None:
        """So many of an incident were counted as ordinary before it was known to be one."""
        self.total = max(0.0, self.total - callers)
        self.volume = max(0.0, self.volume - volume)
        self.topics[topic] = max(0.0, self.topics.get(topic, 0.0) - callers)
        self.areas[area] = max(0.0, self.areas.get(area, 0.0) - callers)

    def rate(self, topic: str, area: str, own: OwnCalls, others: int, newest: int = 0) -> float:
        """Ordinary calls an hour of the cell at a time of the day at which the other cells had `others` in an hour, and
        itself `newest` callers in the last hour that is over.
        """
        usual = self.usual_rate(topic, area, own)
        return max(usual * self._level(own, others), _still_ordinary(own, newest))

    def usual_rate(self, topic: str, area: str, own: OwnCalls, newest: int = 0) -> float:
        """The same while it is not known how busy the other cells are."""
        mean = max(LEAST_RATE, min(self._mean_rate(topic, area, own), own.most), own.mean)
        return max(mean, _still_ordinary(own, newest))

    def _mean_rate(self, topic: str, area: str, own: OwnCalls) -> float:
        """(alpha + calls) / (beta + hours) toward topic rate x area share."""
        prior = FIRST_RATE * FIRST_HOURS / (FIRST_HOURS + self.hours)
        if self.total:
            of_topic, in_area = self.topics.get(topic, 0.0), self.areas.get(area, 0.0)
            expected = max(most_calls(of_topic) * in_area, of_topic * most_calls(in_area))
            prior += expected / self.total / max(self.hours, LEARNED_HOURS)
        return (prior * PRIOR_HOURS + own.calls) / (PRIOR_HOURS + own.hours)

    def _level(self, own: OwnCalls, others: int) -> float:
        """How busy the other cells are against the mean of all hours."""
        if not self.hours:
            return 1.0
        ordinary = self.volume / self.hours - (own.calls / own.hours if own.hours else 0.0)
        level = (_LEVEL_CALLS + others) / (_LEVEL_CALLS + max(0.0, ordinary))
        return min(_MOST_LEVEL, max(1 / _MOST_LEVEL, level))


def _still_ordinary(own: OwnCalls, newest: int) -> float:
    """Calls an hour of a place that had `newest` callers in one: a handful says nothing, many say how busy it is. No other
    place tells of the hours of the day where one has most of the calls.
    """
    rise = _RISE if own.hours < _DAY_HOURS else 1.0
    return rise * newest * newest / (_HANDFUL + newest)


def most_calls(calls: float) -> float:
    """With a higher mean, so few would come in less than one of 20 cases.

    The upper limit of a Poisson mean is half a quantile of chi-squared with 2 (calls + 1) degrees of freedom, here by
    the approximation of Wilson and Hilferty (1931).
    """
    n = calls + 1.0
    return n * (1 - 1 / (9 * n) + _SURE / (3 * sqrt(n))) ** 3


def _faded(calls: dict[str, float]) -> dict[str, float]:
    faded = {name: number * _KEPT_A_HOUR for name, number in calls.items()}
    return {name: number for name, number in faded.items() if number >= _FORGOTTEN_BELOW}
