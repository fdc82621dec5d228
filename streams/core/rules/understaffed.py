"""Alert rule: too few agents take calls for the present load."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.goal import percent, whole_percent
from schemas.millis import HOUR, MINUTE, SECOND, format_duration
from schemas.targets import Share, Targets
from streams.core.alerting import Progress
from streams.core.erlang_a import predicted
from streams.core.present_load import PresentLoad
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated

_PATIENCE_MS = (SECOND, HOUR)


class UnderstaffedTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while the predicted service level is `points` below the goal, and one of two holds: somebody has waited longer
    than `waiting_longer_than`; or at least `agents_gone` agents have signed out within ten minutes and are gone for two.
    Calm once it is less than `clear_points` below, or nobody waits and so many are not gone.

    `patience` is the mean time for which callers would wait before they give up. With less than
    `minimum` measured conversations today and yesterday nothing is predicted.
    """

    points: Share = 0.10
    clear_points: Share = 0.05
    patience_ms: int = 5 * MINUTE
    minimum: Annotated[int, Meta(ge=1)] = 20
    waiting_longer_than_ms: int = 20 * SECOND
    agents_gone: Annotated[int, Meta(ge=1)] = 2
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_points > self.points:
            raise ValueError("clear_points: must not exceed points")
        if not _PATIENCE_MS[0] <= self.patience_ms <= _PATIENCE_MS[1]:
            raise ValueError("patience: must be between 1s and 1h")


class Understaffed(Rule[UnderstaffedTable]):
    """Looks at the cause, not at the level of the last minutes: how many agents there are is known exactly, so it is
    raised minutes after some leave, where a level of the past needs half an hour. Where several sign out at once it waits for nobody
    to wait: on a small desk that takes six minutes. Without a profile it does, for at the end of the day all leave.

    Callers who are perhaps gone are not in it.
    """

    name = "understaffed"
    title = "too few agents for the load"
    severity = "page"
    unit = "share"
    tuned_to = (
        "0.05 false alerts a week with 36 agents, 0.00 with 8, 0.00 with 2 to 5 round the clock"
    )
    table = UnderstaffedTable
    example = Measured(
        0.49, 0.7, 60, raised=True, calm=False,
        cause="goal 80 % within 20s; 4 take calls, 3 wait, 60 came in the last hour, 4m each",
    )  # fmt: skip
    reads_agents = True
    counts_agents = True
    counts_at_minutes = True
    profile_helps = True
    answer_cannot_raise = True
    leaving_cannot_raise = True
    idle_cannot_raise = True
    counts_callers = False  # beyond the first who waits long

    def measure(self, table: UnderstaffedTable, view: QueueView) -> Measured:
        targets = view.targets
        limit = round(targets.goal - table.points, 4)
        if (why := self.lacks(table, view)) is not None:
            n = view.load.work.measured if why == "too few calls" else 0
            return not_evaluated(why, limit, n)
        now = view.load
        found = now.work
        staff = view.crew.taking
        promised = targets.formula, targets.answer_within_ms, targets.short_abandon_ms
        model = staff, found.handling_ms, table.patience_ms
        level = predicted(_step(now.load), *model, *promised)
        low = level if now.low == now.load else predicted(_step(now.low), *model, *promised)
        waits_long = view.oldest_wait_ms > table.waiting_longer_than_ms
        left = now.calls_an_hour is not None and view.agents_gone >= table.agents_gone
        # Counted at whole minutes, and asked there: in between it must not matter whether something else has it measured.
        left_now = left and view.at % MINUTE == 0
        raised = (waits_long or left_now) and low < limit
        calm = not (view.oldest_wait_ms or left) or level >= targets.goal - table.clear_points
        return Measured(
            level, limit, found.arrivals, raised=raised, calm=calm, expected=targets.goal
        )

    def lacks(self, table: UnderstaffedTable, view: QueueView) -> NotEvaluated | None:
        if round(view.targets.goal - table.points, 4) <= 0:
            return "goal out of reach"
        if unknown := view.unknown_agents:
            return unknown
        lately = view.handled
        if lately.measured >= table.minimum and lately.handling_ms:
            return None
        is_untold = not lately.handling_ms and lately.answered >= table.minimum
        return "no handling times" if is_untold else "too few calls"

    def cause(self, table: UnderstaffedTable, view: QueueView, measured: Measured) -> str:
        if measured.calm:
            return ""
        now, gone = view.load, view.agents_gone
        left = now.calls_an_hour is not None and gone >= table.agents_gone
        return _cause(view.targets, view, view.crew.taking, now, gone if left else 0)

    def lacks_until(self, table: UnderstaffedTable, view: QueueView) -> int:
        return 0 if view.agents else ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if measured.calm:
            return f"{queue_name}: the agents are enough again, or nobody waits any more"
        cause = f"; {measured.cause}" if measured.cause else ""
        return (
            f"{queue_name}: too few agents, {whole_percent(measured.value)} of callers will be answered in time "
            f"(limit {whole_percent(measured.threshold)}{cause})"
        )

    def waits_at_least_ms(self, table: UnderstaffedTable) -> int:
        return table.waiting_longer_than_ms

    def steady_until(self, table: UnderstaffedTable, view: QueueView) -> int:
        """Between whole minutes the load and who is gone stay as they are."""
        if self.lacks(table, view) is not None:
            return ALWAYS
        now, targets = view.load, view.targets
        low = predicted(
            _step(now.low), view.crew.taking, now.work.handling_ms, table.patience_ms,
            targets.formula, targets.answer_within_ms, targets.short_abandon_ms,
        )  # fmt: skip
        return 0 if low < round(targets.goal - table.points, 4) else ALWAYS

    def lasts_until(self, table: UnderstaffedTable, view: QueueView, before: Progress) -> int:
        """Between whole minutes the level that agents and load make stays as it is."""
        return ALWAYS if before.stage == "firing" and view.standing()[0] else 0

    def asked_at_minute(self, table: UnderstaffedTable, view: QueueView) -> bool:
        return view.agents_gone >= table.agents_gone


def _cause(targets: Targets, view: QueueView, staff: int, now: PresentLoad, gone: int) -> str:
    handling = format_duration(now.work.handling_ms)
    within = format_duration(targets.answer_within_ms)
    left = f", {gone} fewer than minutes ago" if gone else ""
    usual = "" if now.calls_an_hour is None else f", {now.calls_an_hour:.0f} an hour expected now"
    return (
        f"goal {percent(targets.goal)} within {within}; {staff} take calls{left}, {view.waiting} wait, "
        f"{now.work.arrivals} came in the last hour{usual}, {handling} each"
    )


def _step(load: float) -> float:
    """To a hundredth of an Erlang: within that the level is the same, and need not be computed again."""
    return round(load, 2)


RULE = Understaffed()
