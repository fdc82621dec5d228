"""Alert rule: late calls use up what the goal allows too fast."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.formulas import good_and_all_by_place
from schemas.goal import percent, times_allowed
from schemas.millis import DAY, HOUR, MINUTE, format_duration
from schemas.targets import Share, Targets
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.staffing import effective_n
from streams.core.windows import Windows

LONG_MINUTES, SHORT_MINUTES = 60, 15
Positive = Annotated[float, Meta(gt=0)]


class ServiceLevelBurnTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while the burn of the last hour and that of the last quarter of an hour are above `raise_above`; calm
    once one of them is below `clear_below`.

    A burn of 1 is a service level at its goal, of 2 twice as many late calls as the goal allows. `minimum` is of the
    hour's calls, counted as independent ones. With a profile the hour must also use up `day_share` of the late calls that the goal
    allows for the usual calls of the day.
    """

    raise_above: Positive = 2.0
    clear_below: Positive = 1.0
    minimum: Positive = 4.0
    day_share: Share = 0.2
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > self.raise_above:
            raise ValueError("clear_below: must not exceed raise_above")


class ServiceLevelBurn(Rule[ServiceLevelBurnTable]):
    """The long window says that it is bad, the short one that it goes on. The rule reports: those that page look at
    causes and are much earlier.

    An hour's level changes slowly: it is asked each minute, also while its alert is open, perhaps for hours.
    """

    name = "service_level_burn"
    title = "late calls use up the goal"
    severity = "warn"
    unit = "number"
    tuned_to = "0.66 false alerts a day with 36 agents, 0.74 with 8, at a goal of 90 %; 0.00 and 0.05 at 80 %"
    table = ServiceLevelBurnTable
    example = Measured(
        2.4, 2.0, 120, raised=True, calm=False,
        cause="52 % of 120 within 20s in the last 60 minutes, 48 % of 30 in the last 15; goal 80 %",
    )  # fmt: skip
    each_minute = True
    profile_helps = True
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: ServiceLevelBurnTable, view: QueueView) -> Measured:
        targets, limit = view.targets, table.raise_above
        long = _level(targets, view.rolling.summed(LONG_MINUTES), LONG_MINUTES)
        why = _lacking(table, view, long.n)
        if why is not None:
            return not_evaluated(why, limit, 0 if why == "goal out of reach" else long.n)
        short = _level(targets, view.rolling.summed(SHORT_MINUTES), SHORT_MINUTES)
        burn = min(long.burn, short.burn)
        calm = burn < table.clear_below
        # Of a calm one the figures are those of the window that is: the other one may be as bad as before.
        shown, other = (long, short) if long.burn == burn or not calm else (short, long)
        return Measured(
            shown.burn, limit, shown.n, raised=burn > limit and _is_of_weight(table, view, long),
            calm=calm, cause=_cause(targets, shown, other),
            expected=1.0, minutes=shown.minutes,
        )  # fmt: skip

    def lacks(self, table: ServiceLevelBurnTable, view: QueueView) -> NotEvaluated | None:
        _, n = good_and_all_by_place(view.targets.formula)(view.rolling.summed(LONG_MINUTES))
        return _lacking(table, view, n)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if not measured.n:
            return f"{queue_name}: {measured.cause or 'its service level is not asked any more'}"
        if not measured.value:
            return f"{queue_name}: no late call: {measured.cause}"
        return (
            f"{queue_name}: {times_allowed(measured.value)} times as many late calls as the goal allows "
            f"(limit {measured.threshold:g}): {measured.cause}"
        )

    def cannot_be_raised(self, table: ServiceLevelBurnTable, view: QueueView) -> bool:
        """Where either window is within the limit."""
        targets = view.targets
        sums = good_and_all_by_place(targets.formula)
        return any(
            _burn(targets, *sums(view.rolling.summed(minutes))) <= table.raise_above
            for minutes in (LONG_MINUTES, SHORT_MINUTES)
        )

    def quiet_until(self, table: ServiceLevelBurnTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: ServiceLevelBurnTable) -> int:
        return ALWAYS


def _lacking(table: ServiceLevelBurnTable, view: QueueView, n: int) -> NotEvaluated | None:
    """`n`: the calls of the hour that the service level counts."""
    goal = view.targets.goal
    if goal >= 1 or table.raise_above * (1 - goal) >= 1:
        return "goal out of reach"
    if not n:
        return "too few calls"
    handling_ms = view.handled.handling_ms
    if not handling_ms:
        return "no handling times"
    load = view.rolling.arrived_in_last(LONG_MINUTES) * handling_ms / HOUR
    return "too few calls" if effective_n(n, load) < table.minimum else None


class _Level(NamedTuple):
    """A service level of the `n` calls of the last minutes, and how many times too many of them are late."""

    minutes: int
    good: int
    n: int
    burn: float

    def __str__(self) -> str:
        return f"{self.good * 100 // self.n} % of {self.n}" if self.n else "no call"


def _level(targets: Targets, counts: Sequence[int], minutes: int) -> _Level:
    good, n = good_and_all_by_place(targets.formula)(counts)
    is_any = n > 0 and targets.goal < 1
    return _Level(minutes, good, n if is_any else 0, _burn(targets, good, n))


def _burn(targets: Targets, good: int, n: int) -> float:
    """No burn where no call has left, or where the goal allows no late call."""
    allowed = 1 - targets.goal
    return (n - good) / n / allowed if n > 0 and allowed > 0 else 0.0


def _is_of_weight(table: ServiceLevelBurnTable, view: QueueView, long: _Level) -> bool:
    """At 8.5 hours of the same load each, an hour at a burn of 2 is 24 % of the day. An hour of a night is next to nothing of it."""
    if view.expected is None:
        return True
    day, _ = view.day_so_far
    allowed = (1 - view.targets.goal) * view.expected.within(day, day + DAY)
    return long.n - long.good >= table.day_share * allowed


def _cause(targets: Targets, first: _Level, other: _Level) -> str:
    within, goal = format_duration(targets.answer_within_ms), f"goal {percent(targets.goal)}"
    if not first.n:
        return f"no call was counted in the last {first.minutes} minutes; {other} within {within} in the last {other.minutes}; {goal}"
    return f"{first} within {within} in the last {first.minutes} minutes, {other} in the last {other.minutes}; {goal}"


RULE = ServiceLevelBurn()
