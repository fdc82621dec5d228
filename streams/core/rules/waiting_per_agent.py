"""Alert rule: too many wait for each agent who takes calls."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.millis import MINUTE, SECOND
from streams.core.alerting import Progress
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated

Callers = Annotated[float, Meta(gt=0)]


class WaitingPerAgentTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while more than `raise_above` callers, and at least `minimum` in all, wait for each agent who takes
    calls, the first of them longer than `waiting_longer_than`; calm while fewer than `clear_below` do.
    """

    raise_above: Callers = 0.5
    clear_below: Callers = 0.25
    minimum: Annotated[int, Meta(ge=1)] = 4
    waiting_longer_than_ms: int = 20 * SECOND
    hold_ms: int = 2 * MINUTE
    clear_hold_ms: int = 2 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > self.raise_above:
            raise ValueError("clear_below: must not exceed raise_above")


class WaitingPerAgent(Rule[WaitingPerAgentTable]):
    """Counts callers and agents of now, so that a sudden rise is seen that the load of an hour hides.

    Where agents are signed in and none takes calls (all pause), one caller is too many. Where nobody is signed in
    the rule is not raised, for `nobody_signed_in` pages; an open alert stays until the line is empty. Callers who are
    perhaps gone are not in it.
    """

    name = "waiting_per_agent"
    title = "too many wait for each agent"
    severity = "page"
    unit = "number"
    tuned_to = "0.15 false alerts a week with 8 agents, 0.11 with 2 to 5 round the clock"
    table = WaitingPerAgentTable
    example = Measured(1.75, 0.5, 7, raised=True, calm=False, cause="4 agents take calls")
    reads_agents = True
    answer_cannot_raise = True
    leaving_cannot_raise = True
    idle_cannot_raise = True
    reads_service = False

    def measure(self, table: WaitingPerAgentTable, view: QueueView) -> Measured:
        if unknown := view.unknown_agents:
            return not_evaluated(unknown, table.raise_above)
        waiting, staff = view.waiting, view.crew.taking
        too_many = waiting > table.raise_above * staff and (not staff or waiting >= table.minimum)
        return Measured(
            round(waiting / max(staff, 1), 2),
            table.raise_above,
            waiting,
            raised=too_many
            and view.crew.signed_in > 0
            and view.oldest_wait_ms > table.waiting_longer_than_ms,
            calm=not waiting or waiting < table.clear_below * staff,
        )

    def lacks(self, table: WaitingPerAgentTable, view: QueueView) -> NotEvaluated | None:
        return view.unknown_agents

    def lacks_until(self, table: WaitingPerAgentTable, view: QueueView) -> int:
        return ALWAYS

    def cause(self, table: WaitingPerAgentTable, view: QueueView, measured: Measured) -> str:
        staff = view.crew.taking
        return f"{staff} {'agent takes' if staff == 1 else 'agents take'} calls"

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return (
            f"{queue_name}: {measured.n} waiting, {measured.cause}: {measured.value:g} for each "
            f"(limit {measured.threshold:g})"
        )

    def cannot_be_raised(self, table: WaitingPerAgentTable, view: QueueView) -> bool:
        return view.crew.taking > 0 and view.waiting < table.minimum

    def steady_until(self, table: WaitingPerAgentTable, view: QueueView) -> int:
        staff, most = view.crew.taking, view.line.most_waiting_from(view.at)
        too_few = most < table.minimum or most <= table.raise_above * staff
        return ALWAYS if (staff and too_few) or not view.crew.signed_in else 0

    def lasts_until(self, table: WaitingPerAgentTable, view: QueueView, before: Progress) -> int:
        waiting, longest_ms = view.standing()
        staff = view.crew.taking
        if before.stage == "firing":
            return ALWAYS if waiting and waiting >= table.clear_below * staff else 0
        many = waiting > table.raise_above * staff and (not staff or waiting >= table.minimum)
        return ALWAYS if many and longest_ms > table.waiting_longer_than_ms else 0

    def waits_at_least_ms(self, table: WaitingPerAgentTable) -> int:
        return table.waiting_longer_than_ms


RULE = WaitingPerAgent()
