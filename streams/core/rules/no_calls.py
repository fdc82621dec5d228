"""Alert rule: no call comes at all, when some are expected."""

from math import log
from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.millis import MINUTE, format_duration
from schemas.timing import STEP_MS
from streams.core.expected_calls import ExpectedCalls
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.windows import Windows

# On one day of twenty a queue gets less than this part of its usual calls.
QUIET_DAY = 0.63


class NoCallsTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while so many calls were expected since the last one that such a silence comes by chance once in `weeks`
    weeks at most, also on a day with few calls.
    """

    weeks: Annotated[float, Meta(gt=0)] = 10.0
    clear_hold_ms: int = 0


class NoCalls(Rule[NoCallsTable]):
    """Calls do not reach the queue: the line, the number, the menu before it. It is the one rule that is raised while
    nothing happens; an idle queue knows in advance when that will be.
    """

    name = "no_calls"
    title = "no call comes"
    severity = "page"
    unit = "number"
    tuned_to = "1 false alert in 10 weeks at most"
    table = NoCallsTable
    example = Measured(16.4, 16.2, 0, raised=True, calm=False, cause="for 18m, 16 were expected")
    reads_profile = True
    each_minute = True
    answer_cannot_raise = True

    def measure(self, table: NoCallsTable, view: QueueView) -> Measured:
        expected, at = view.expected, view.passed
        if expected is None:
            return not_evaluated("no profile", 0.0)
        raised_from = _limit(table, expected)
        last = view.rolling.last_arrival(at)
        if last is None or not expected.is_open(at):
            return Measured(0.0, raised_from, 0, raised=False, calm=True)
        if not expected.is_known(at):
            return not_evaluated("no profile", raised_from)
        span = expected.since(last + MINUTE, at)
        raised = span.calls >= raised_from
        cause = f"for {format_duration(at - span.begin)}, {span.calls:.0f} were expected"
        return Measured(
            span.calls,
            raised_from,
            0,
            raised=raised,
            calm=not raised,
            cause=cause if raised else "",
        )

    def lacks(self, table: NoCallsTable, view: QueueView) -> NotEvaluated | None:
        expected, at = view.expected, view.passed
        if expected is None:
            return "no profile"
        if view.rolling.last_arrival(at) is None or not expected.is_open(at):
            return None
        return None if expected.is_known(at) else "no profile"

    def lacks_until(self, table: NoCallsTable, view: QueueView) -> int:
        expected, at = view.expected, view.passed
        if expected is None:
            return ALWAYS
        if expected.is_open(at) and not expected.is_known(at):
            return 0  # before the first call of all it lacks nothing
        return expected.same_until(at)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if measured.calm:
            return f"{queue_name}: calls come again, or it is closed"
        return f"{queue_name}: no call {measured.cause}".rstrip()

    def quiet_until(self, table: NoCallsTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: NoCallsTable) -> int:
        return ALWAYS

    def safe_until(self, table: NoCallsTable, view: QueueView) -> int:
        """A call that comes meanwhile only puts it off. Before the first of all it is as if that one came now."""
        expected, at = view.expected, view.passed
        if expected is None:
            return ALWAYS
        last = view.rolling.last_arrival(at)
        since = at if last is None else last + MINUTE
        return expected.reach(_limit(table, expected), since, at) - STEP_MS


def _limit(table: NoCallsTable, expected: ExpectedCalls) -> float:
    return round(limit(table.weeks * expected.a_week, expected.profile.dispersion), 4)


def limit(calls: float, phi: float) -> float:
    """Expected calls since the last one, so that among so many calls one silence is as long by chance.

    P(silence) is phi ** (-mu / (phi - 1)) where counts are negative binomial with mean mu and dispersion phi, exp(-mu) where
    phi is 1; each call may be the last one before a silence.
    """
    factor = (phi - 1) / log(phi) if phi > 1.001 else 1.0  # noqa: PLR2004
    return factor * max(1.0, log(max(1.0, calls))) / QUIET_DAY


RULE = NoCalls()
