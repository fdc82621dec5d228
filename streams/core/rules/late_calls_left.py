"""Alert rule: hardly any call may be late today any more."""

from math import ceil, floor
from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.formulas import good_and_all_by_place
from schemas.goal import percent
from schemas.millis import MINUTE, format_duration
from schemas.opening import is_open
from schemas.targets import Targets
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.windows import Windows

Calls = Annotated[int, Meta(ge=1)]
_ROUNDING = 1e-9  # 84 of 105 at a goal of 80 % is on the goal, not a hair below it


class LateCallsLeftTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while today affords fewer than `raise_below` late calls more; calm once it affords `clear_above`.

    With less than `minimum` calls today nothing is said: the number begins at 0 each morning.
    """

    raise_below: Calls = 5
    clear_above: Calls = 10
    minimum: Calls = 50
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_above < self.raise_below:
            raise ValueError("clear_above: must not be less than raise_below")


class LateCallsLeft(Rule[LateCallsLeftTable]):
    """How many of the next calls may all be late while the level of today is still at its goal. It grows with every
    call in time: how many will still come today is not guessed.

    It says nothing of a queue that is closed or had no call for an hour, for nothing can be done there.
    """

    name = "late_calls_left"
    title = "hardly any late call is left today"
    severity = "note"
    unit = "number"
    tuned_to = "3.5 false alerts a week with 36 agents, 4.1 with 8, 6.2 with 2 to 5 round the clock"
    table = LateCallsLeftTable
    example = Measured(
        3, 5, 120, raised=True, calm=False, cause="82 % of 120 within 20s so far, goal 80 %"
    )
    each_minute = True
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: LateCallsLeftTable, view: QueueView) -> Measured:
        targets, limit = view.targets, table.raise_below
        if targets.goal >= 1:
            return not_evaluated("goal out of reach", limit)
        good, n = good_and_all_by_place(targets.formula)(view.day_so_far[1])
        if n < table.minimum:
            return not_evaluated("too few calls", limit, n)
        left = max(0, floor(good / targets.goal - n + _ROUNDING))
        if left >= table.clear_above:
            return Measured(left, limit, n, raised=False, calm=True)
        is_served = not view.rolling.is_idle() and is_open(
            targets.opening, targets.time_zone, view.at
        )
        raised = is_served and left < limit
        cause = _cause(targets, good, n) if is_served else ""
        return Measured(left, limit, n, raised=raised, calm=not is_served, cause=cause)

    def lacks(self, table: LateCallsLeftTable, view: QueueView) -> NotEvaluated | None:
        if view.targets.goal >= 1:
            return "goal out of reach"
        _, n = good_and_all_by_place(view.targets.formula)(view.day_so_far[1])
        return "too few calls" if n < table.minimum else None

    def sentence(self, queue_name: str, measured: Measured) -> str:
        left = int(measured.value)
        if not measured.cause:
            return f"{queue_name}: {_late_calls(left)} today; enough, or no calls come now"
        return f"{queue_name}: {_late_calls(left)} today (limit {measured.threshold:g}): {measured.cause}"

    def cannot_be_raised(self, table: LateCallsLeftTable, view: QueueView) -> bool:
        _, so_far = view.day_so_far
        good, n = good_and_all_by_place(view.targets.formula)(so_far)
        return n < table.minimum or good / view.targets.goal - n >= table.raise_below

    def quiet_until(self, table: LateCallsLeftTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: LateCallsLeftTable) -> int:
        return ALWAYS


def _late_calls(left: int) -> str:
    if not left:
        return "no late call left"
    return f"{left} late {'call' if left == 1 else 'calls'} left"


def _cause(targets: Targets, good: int, n: int) -> str:
    within = format_duration(targets.answer_within_ms)
    so_far = f"{good * 100 // n} % of {n} within {within} so far, goal {percent(targets.goal)}"
    missing = ceil((targets.goal * n - good) / (1 - targets.goal) - _ROUNDING)
    if missing <= 0:
        return so_far
    return f"{so_far}; the next {missing} in time would reach it"


RULE = LateCallsLeft()
