"""A queue as of one 5-second boundary, as alert rules see it.

A figure is computed when the first rule reads it, and kept. A figure that no rule reads costs nothing.
"""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from schemas.alerts import FreeAgents, NotEvaluated
from schemas.millis import MINUTE
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.agent_minutes import AgentMinutes
from streams.core.crew import Crew
from streams.core.expected_calls import ExpectedCalls
from streams.core.leg_report import Reported
from streams.core.leg_store import Entry
from streams.core.line import Line
from streams.core.next_step import free_agents
from streams.core.present_load import KnownLoad, PresentLoad, present_load
from streams.core.queue_days import Days
from streams.core.roster import Roster
from streams.core.staffing import Handled
from streams.core.windows import Windows

T = TypeVar("T")


class _Once(Generic[T]):
    """functools.cached_property, without the lock that it takes up to Python 3.11."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.__wrapped__ = self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, view: "QueueView", _: type | None = None) -> T:
        value = view.__dict__[self._name] = self._compute(view)
        return value


class Kept(NamedTuple):
    """What the stream keeps of a queue, or knows for it, from which figures are computed."""

    line: Line
    windows: Windows
    days: Days
    load: KnownLoad
    roster: Roster
    crew: Crew
    book: TargetsBook
    agent_minutes: AgentMinutes
    expected: ExpectedCalls | None  # the usual calls; None without a profile
    reported: Reported  # what its calls tell besides
    replay: bool


class QueueView:
    """Doubtful callers have figures of their own, and are in none of the others of the line."""

    def __init__(
        self, at: int, targets: Targets, kept: Kept, counted_to: int | None = None
    ) -> None:
        """`targets` are those in force at `at`. Figures of the windows are as of their boundary, or of another one in its
        minute: `counted_to`.
        """
        self.at = at
        self._counted_to = counted_to
        self.targets = targets
        self.crew = kept.crew
        # Signed-in agents by state: `{"available": 0}` if all signed out; empty if no agent of this queue was ever seen, so that nothing is
        # known.
        self.agents = kept.crew.agents
        self.replay = kept.replay
        # The last whole minute up to which event time has passed: `at` may be ahead of it where a source lags, and calls that are still to
        # come are not missing.
        reached = kept.windows.boundary
        passed = reached if reached and reached < at else at
        self.passed = passed - passed % MINUTE
        self.line, self.rolling = kept.line, kept.windows
        self.expected, self.reported = kept.expected, kept.reported
        self._kept = kept
        # What a rule says of the callers who are surely there, once it was asked.
        self.measured: dict[str, Any] = {}

    @property
    def unknown_agents(self) -> NotEvaluated | None:
        """Why nothing is known of the agents; None if something is. Where calls are answered by people of whom nothing is told, somebody
        was reported once: "no agents reported" would send people to look for a feed that is there.
        """
        if self.agents:
            return None
        ever = self._kept.roster.agents_of(self.targets.queue)
        return "agents reported in part" if ever else "no agents reported"

    @_Once
    def waiting(self) -> int:
        if not self.oldest_wait_ms:
            return 0
        return self.line.length(self.at, self._firm, doubtful=False)

    @_Once
    def oldest_wait_ms(self) -> int:
        """0 where nobody waits."""
        oldest = self.line.oldest_arrival(self.at, self._firm, doubtful=False)
        return self.at - oldest if oldest is not None else 0

    def standing(self, *, doubtful: bool = False) -> tuple[int, int]:
        """How many of those who wait, or of the doubtful ones, stand in line still by all facts so far, and how long the first of these
        has waited.
        """
        line = self._doubtful if doubtful else self._firm
        came = [each for each in line if (each.verdict.arrived_at or 0) < self.at]
        return len(came), self.at - (came[0].verdict.arrived_at or 0) if came else 0

    @_Once
    def doubtful(self) -> int:
        """How many doubtful callers wait."""
        return self.line.length(self.at, self._doubtful, doubtful=True)

    @_Once
    def oldest_doubtful_wait_ms(self) -> int:
        """0 where no doubtful caller waits."""
        oldest = self.line.oldest_arrival(self.at, self._doubtful, doubtful=True)
        return self.at - oldest if oldest is not None else 0

    @_Once
    def lost_and_resolved(self) -> tuple[int, int]:
        """Numerator and denominator of abandonment_ab2 over the last 30 minutes."""
        return self.rolling.share(self._counted_to)

    @_Once
    def handled(self) -> Handled:
        """Of today so far and of yesterday: what changes slowly is measured over many calls."""
        return self._kept.days.handled(self.at)

    @_Once
    def day_so_far(self) -> tuple[int, list[int]]:
        """When the business day began, and its counters so far, by place; never to be changed."""
        return self._kept.days.summed(self.at)

    @_Once
    def load(self) -> PresentLoad:
        """How much work comes now: several rules ask."""
        kept = self._kept
        return present_load(self, kept.load, kept.days.newest)

    @property
    def last_sign_out(self) -> int:
        """When the last agent left of those who are signed out. It may lie ahead of `at`: calls and agents are read side by
        side, and where a backlog is read the agents are often those of now.
        """
        return self._kept.roster.last_sign_out(self.targets.queue)

    @_Once
    def free_agents(self) -> tuple[FreeAgents, ...]:
        """Who could help: of queues near this one."""
        return free_agents(self.targets, self.at, self._kept.book, self._kept.roster)

    @_Once
    def busy_and_taking(self) -> tuple[int, int] | None:
        """Agents busy and agents who took calls at the last 30 whole minutes, added up; None where they were not
        counted for so long. Only for a rule that says `counts_agents`.
        """
        return self._kept.agent_minutes.half_hour(self.at)

    @property
    def agents_gone(self) -> int:
        """How many agents fewer are signed in and reachable than minutes ago (`AgentMinutes.gone`). Only for a rule that says
        `counts_agents`.
        """
        return self._kept.agent_minutes.gone(self.at)

    def on_one_reason(self, longer_than_ms: int) -> tuple[str, int]:
        """The reason for which most agents have paused for longer than this, and how many they are."""
        return self._kept.roster.on_one_reason(self.targets.queue, self.at - longer_than_ms)

    @_Once
    def _firm(self) -> list[Entry]:
        return self.line.firm()

    @_Once
    def _doubtful(self) -> list[Entry]:
        return self.line.doubtful()
