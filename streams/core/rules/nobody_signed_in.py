"""Alert rule: nobody is signed in while calls wait."""

from schemas.millis import SECOND, format_duration
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Measured, Rule
from streams.core.windows import Windows


class NobodySignedInTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while somebody has waited longer than `waiting_longer_than` and no agent is signed in."""

    waiting_longer_than_ms: int = 30 * SECOND
    hold_ms: int = 30 * SECOND


class NobodySignedIn(Rule[NobodySignedInTable]):
    """It is never raised for a queue of which no agent was ever seen. Agents come and go without an event of
    the queue, so it is evaluated at every boundary as soon as somebody waits too long.
    """

    name = "nobody_signed_in"
    title = "nobody is signed in while calls wait"
    severity = "page"
    unit = "seconds"
    table = NobodySignedInTable
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: NobodySignedInTable, view: QueueView) -> Measured:
        wait_ms, limit_ms = view.oldest_wait_ms, table.waiting_longer_than_ms
        waits_long = wait_ms > limit_ms
        signed_in = sum(view.agents.values())
        return Measured(
            wait_ms / 1000,
            limit_ms / 1000,
            view.waiting,
            raised=waits_long and bool(view.agents) and not signed_in,
            calm=not wait_ms or bool(signed_in),
        )

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if measured.calm:
            return f"{queue_name}: somebody is signed in again, or nobody waits any more"
        wait = format_duration(int(measured.value) * SECOND)
        return f"{queue_name}: nobody is signed in, {measured.n} waiting, the oldest for {wait}"

    def quiet_until(self, table: NobodySignedInTable, line: Line, windows: Windows) -> int:
        return line.none_waits_longer_until(table.waiting_longer_than_ms)

    def arrival_cannot_raise_for_ms(self, table: NobodySignedInTable) -> int:
        return table.waiting_longer_than_ms


RULE = NobodySignedIn()
