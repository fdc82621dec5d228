"""Alert rule: too many agents pause for one reason for too long."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.goal import whole_percent
from schemas.millis import MINUTE, format_duration
from schemas.opening import is_open
from schemas.targets import Share
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.windows import Windows


class AgentsOnOneReasonTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while more than `raise_above` of those signed in, and at least `minimum`, have paused for the same
    reason for longer than `longer_than`; calm while fewer than `clear_below` have.
    """

    raise_above: Share = 0.3
    clear_below: Share = 0.2
    longer_than_ms: int = 20 * MINUTE
    minimum: Annotated[int, Meta(ge=1)] = 2
    clear_hold_ms: int = 2 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > self.raise_above:
            raise ValueError("clear_below: must not exceed raise_above")


class AgentsOnOneReason(Rule[AgentsOnOneReasonTable]):
    """Each pause is measured from its own beginning, so no holding time is needed. A person is never named.

    It says nothing of a queue that is closed or had no call for an hour: pauses hurt nobody there.
    """

    name = "agents_on_one_reason"
    title = "too many agents pause for one reason"
    severity = "warn"
    unit = "share"
    table = AgentsOnOneReasonTable
    example = Measured(
        0.42, 0.3, 12, raised=True, calm=False,
        cause="5 of 12 agents have paused for more than 20m (lunch)",
    )  # fmt: skip
    reads_agents = True
    each_minute = True
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: AgentsOnOneReasonTable, view: QueueView) -> Measured:
        limit = table.raise_above
        if unknown := view.unknown_agents:
            return not_evaluated(unknown, limit)
        signed_in = view.crew.signed_in
        reason, paused = view.on_one_reason(table.longer_than_ms)
        share = paused / signed_in if signed_in else 0.0
        targets = view.targets
        if (
            share < table.clear_below
            or paused < table.minimum
            or view.rolling.is_idle()
            or not is_open(targets.opening, targets.time_zone, view.at)
        ):
            return Measured(share, limit, signed_in, raised=False, calm=True)
        longer_than = format_duration(table.longer_than_ms)
        return Measured(
            share, limit, signed_in, raised=share > limit, calm=False,
            cause=f"{paused} of {signed_in} agents have paused for more than {longer_than} "
            f"({reason or 'no reason told'})",
        )  # fmt: skip

    def lacks(self, table: AgentsOnOneReasonTable, view: QueueView) -> NotEvaluated | None:
        return view.unknown_agents

    def lacks_until(self, table: AgentsOnOneReasonTable, view: QueueView) -> int:
        return ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if not measured.cause:
            return f"{queue_name}: fewer agents pause for one reason, or the queue has no calls now"
        return f"{queue_name}: {measured.cause}: {whole_percent(measured.value)} (limit {whole_percent(measured.threshold)})"

    def cannot_be_raised(self, table: AgentsOnOneReasonTable, view: QueueView) -> bool:
        return view.crew.paused < table.minimum

    def quiet_until(self, table: AgentsOnOneReasonTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: AgentsOnOneReasonTable) -> int:
        return ALWAYS


RULE = AgentsOnOneReason()
