"""The calls about one topic from one area, and whether they come too fast to be chance.

Rule 1: who calls again within 24 hours is one caller. Calls of unknown callers are kept, and are no callers:
whether three of them are one person cannot be known.
Rule 2: everything is computed from the calls that are kept, so a call that becomes known late finds its place.
"""

from bisect import insort
from collections import Counter
from collections.abc import Collection
from math import log
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.identity import LegKey
from schemas.millis import HOUR
from schemas.reports import Report
from schemas.timing import SAME_CALLER_MS
from streams.core.alerting import Progress
from streams.core.incident_baseline import OwnCalls

MOST_CALLS = 2_000  # kept of one cell; the oldest go first
NEW_NORMAL_AFTER_MS = 6 * HOUR  # what goes on for longer counts as ordinary from then on

# The CUSUM (queueing.md 4.2): each caller raises it by the logarithm of how much likelier an incident makes one, time
# lowers it by the calls that an incident would bring in addition. The first caller counts nothing: each ordinary call is one.
# There are two sums, for a slow incident and for a fast one, and the higher one decides: where 2.7 calls an hour are ordinary, the slow
# sum needs nine callers of three a minute, the fast one five. LIMIT gives one false alarm in two weeks in 600 cells of 0.3 calls
# an hour, and one in six weeks in 160 cells of 2.75 that are open for 42.5 hours a week (docs/runbooks/Incident.md).
INCIDENT_RATES = 6.0, 180.0  # calls an hour that they are designed for
INCIDENT_TIMES = 4.0  # or so many times the ordinary rate, where that is more
LIMIT = 10.5


class CellCall(Struct, gc=False, frozen=True):
    at: int
    queue: str
    leg: LegKey
    caller: str
    replay: bool


class Burst(NamedTuple):
    """The CUSUM at a time: its level, and the callers since it last began."""

    level: float
    since: int
    callers: int


class Cell(Struct, gc=False):
    """`since`: the first call of the alert that is open; `queue` the one whose owner was told of it."""

    topic: str
    area: str
    calls: list[CellCall] = []
    own: OwnCalls = field(default_factory=OwnCalls)
    progress: Progress = field(default_factory=Progress)
    since: int = 0
    queue: str = ""
    told: int = 0  # callers, in the newest version of the alert
    asked_from: int = (
        0  # earlier calls raise nothing: they were of an alert that is over, or came right after it
    )

    def add(self, report: Report) -> bool:
        """A leg that is told again replaces itself. Whether a call had to go for it."""
        before = len(self.calls)
        self.take_back(report)
        call = CellCall(report.at, report.queue, report.leg, report.caller, report.replay)
        insort(self.calls, call, key=lambda each: (each.at, each.queue, each.leg))
        if len(self.calls) > MOST_CALLS:
            del self.calls[0]
        return len(self.calls) <= before

    def meet(self, node: str, hours: float) -> None:
        """A node that is heard for so many hours, and less than a day, calls. By its first call it is not known how many it has: what was
        learned before it was heard is of the others.
        """
        if all(each.leg[1] != node for each in self.calls):
            self.own.know_for(hours)

    def take_back(self, report: Report) -> None:
        self.calls = [
            each for each in self.calls if (each.queue, each.leg) != (report.queue, report.leg)
        ]

    def forget(self, at: int) -> bool:
        """Forget calls that no decision at or after `at` can need; whether there were any."""
        kept_from = at - SAME_CALLER_MS
        if self.is_open:
            kept_from = min(kept_from, self.since)
        kept = [each for each in self.calls if each.at >= kept_from]
        forgotten, self.calls = len(kept) < len(self.calls), kept
        return forgotten

    @property
    def is_open(self) -> bool:
        return self.progress.stage != "inactive"

    def first_calls(self) -> list[int]:
        """When each caller called first, in order of time; not those of unknown callers."""
        seen: dict[str, int] = {}
        found = []
        for call in self.calls:
            if not call.caller:
                continue
            before = seen.get(call.caller)
            if before is None or call.at - before >= SAME_CALLER_MS:
                seen[call.caller] = call.at
                found.append(call.at)
        return found

    def burst(self, rate: float, at: int) -> Burst:
        """The higher one of the two CUSUMs at `at` for an ordinary rate of calls an hour."""
        moments = [moment for moment in self.first_calls() if moment >= self.asked_from]
        return max(
            (
                _burst(moments, rate, max(each, INCIDENT_TIMES * rate), at)
                for each in INCIDENT_RATES
            ),
            key=lambda each: each.level,
        )

    def nodes(self) -> set[str]:
        """Those that told a call (schemas.identity)."""
        return {each.leg[1] for each in self.calls}

    def of_nodes(self, nodes: Collection[str]) -> "Cell":
        """With the calls of these alone. It is there to be asked, not to be kept."""
        kept = [each for each in self.calls if each.leg[1] in nodes]
        return self if len(kept) == len(self.calls) else replace(self, calls=kept)

    def calls_since(self, begin: int, at: int) -> list[CellCall]:
        return [each for each in self.calls if begin <= each.at < at]

    def callers_since(self, begin: int) -> int:
        return sum(moment >= begin for moment in self.first_calls())

    def callers_in(self, begin: int, end: int) -> int:
        return sum(begin <= moment < end for moment in self.first_calls())

    def is_ordinary(self, here: int) -> bool:
        """Whether what comes now is: not while an alert is open. What comes after it is, or a place that was raised in vain
        would never be known.
        """
        return not self.is_open or here - self.progress.onset_at >= NEW_NORMAL_AFTER_MS

    def learned(self, report: Report, ended: int) -> list[CellCall]:
        """The call of this report, if it is surely in what was learned as ordinary: of an hour up to `ended`, and of no alert."""
        leg, begin = (report.queue, report.leg), self.asked_from
        kept = self.calls if self.is_ordinary(ended) else ()
        return [each for each in kept if (each.queue, each.leg) == leg and begin <= each.at < ended]

    def newest_callers(self, end: int) -> int:
        """In the hour that ended last; none of an alert, nor of the time after it in which none is raised."""
        begin = end - HOUR
        return 0 if self.is_open or begin < self.asked_from else self.callers_in(begin, end)

    def queues_since(self, begin: int, at: int) -> list[tuple[str, int]]:
        """(queue, calls), most calls first."""
        found = Counter(each.queue for each in self.calls_since(begin, at))
        return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def _burst(moments: list[int], rate: float, incident: float, at: int) -> Burst:
    step, drain = log(incident / rate), (incident - rate) / HOUR
    level, since, callers, before = 0.0, at, 0, 0
    for moment in moments:
        level -= drain * (moment - before)
        if level <= 0:
            level, since, callers = 0.0, moment, 0
        level, callers, before = level + step, callers + 1, moment
    level -= drain * (at - before)
    return Burst(level - step, since, callers) if level > 0 else Burst(0.0, at, 0)
