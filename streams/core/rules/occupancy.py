"""Alert rule: the agents are busy nearly all of the time."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.counters import positions
from schemas.goal import whole_percent
from schemas.millis import MINUTE
from schemas.targets import Share
from streams.core.agent_minutes import KEPT_MINUTES
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.windows import Windows

(_ANSWERED,) = positions(("answered",))


class OccupancyTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while the occupancy of the last 30 minutes is above `raise_above`, with at least `minimum` calls
    answered in them; calm while it is below `clear_below`.
    """

    raise_above: Share = 0.88
    clear_below: Share = 0.85
    minimum: Annotated[int, Meta(ge=1)] = 10
    hold_ms: int = 30 * MINUTE
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > self.raise_above:
            raise ValueError("clear_below: must not exceed raise_above")


class Occupancy(Rule[OccupancyTable]):
    """Agent-minutes busy with calls and their wrap-up, of those in which agents took calls. It is a mean of half an hour, for at each
    single minute a small desk has somebody free, however busy it is; and it must last for half an hour more, for one half hour is
    only five independent looks at a queue.

    Where nobody took calls for half an hour there is no occupancy; `nobody_signed_in` pages then.
    """

    name = "occupancy"
    title = "agents are busy all the time"
    severity = "note"
    unit = "share"
    tuned_to = (
        "3.3 false alerts a week with 36 agents at a planned load of 81 %, 0.0 with 8 at 55 %"
    )
    table = OccupancyTable
    example = Measured(
        0.93, 0.88, 64, raised=True, calm=False, cause="12.4 agents took calls on average"
    )
    reads_agents = True
    counts_agents = True
    each_minute = True
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: OccupancyTable, view: QueueView) -> Measured:
        limit = table.raise_above
        if unknown := view.unknown_agents:
            return not_evaluated(unknown, limit)
        answered = view.rolling.summed(KEPT_MINUTES)[_ANSWERED]
        if answered < table.minimum:
            return not_evaluated("too few calls", limit, answered)
        half_hour = view.busy_and_taking
        if half_hour is None:
            return not_evaluated("agents known too briefly", limit, answered)
        busy, taking = half_hour
        share = busy / taking if taking else 0.0
        return Measured(
            share, limit, answered, raised=share > limit, calm=share < table.clear_below,
            cause=f"{taking / KEPT_MINUTES:.1f} agents took calls on average",
        )  # fmt: skip

    def lacks(self, table: OccupancyTable, view: QueueView) -> NotEvaluated | None:
        if unknown := view.unknown_agents:
            return unknown
        if view.rolling.summed(KEPT_MINUTES)[_ANSWERED] < table.minimum:
            return "too few calls"
        return "agents known too briefly" if view.busy_and_taking is None else None

    def lacks_until(self, table: OccupancyTable, view: QueueView) -> int:
        return 0 if view.agents else ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return (
            f"{queue_name}: the agents were busy for {whole_percent(measured.value)} of the last {KEPT_MINUTES} minutes "
            f"(limit {whole_percent(measured.threshold)}; {measured.cause})"
        )

    def cannot_be_raised(self, table: OccupancyTable, view: QueueView) -> bool:
        busy, taking = view.busy_and_taking or (0, 0)
        return not taking or busy / taking <= table.raise_above

    def quiet_until(self, table: OccupancyTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: OccupancyTable) -> int:
        return ALWAYS


RULE = Occupancy()
