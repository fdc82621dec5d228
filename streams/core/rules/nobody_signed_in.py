"""Alert rule: nobody is signed in while calls wait."""

from schemas.alerts import NotEvaluated
from schemas.millis import SECOND, format_duration
from streams.core.alerting import Progress
from streams.core.queue_view import QueueView
from streams.core.rule import (
    ALWAYS,
    DOUBTFUL_EXTRA_MS,
    PERHAPS_GONE,
    HoldingTimes,
    Measured,
    Rule,
)


class NobodySignedInTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while somebody has waited longer than `waiting_longer_than` and no agent is signed in; a doubtful
    caller, who is perhaps gone, longer than that and `doubtful_extra`.
    """

    waiting_longer_than_ms: int = 30 * SECOND
    doubtful_extra_ms: int = DOUBTFUL_EXTRA_MS
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
    reads_agents = True
    answer_cannot_raise = True
    leaving_cannot_raise = True
    idle_cannot_raise = True
    counts_callers = False
    reads_service = False

    def measure(self, table: NobodySignedInTable, view: QueueView) -> Measured:
        limit_ms = table.waiting_longer_than_ms
        return _measured(view, view.oldest_wait_ms, limit_ms, view.waiting)

    def measure_doubtful(self, table: NobodySignedInTable, view: QueueView) -> Measured:
        limit_ms = table.waiting_longer_than_ms + table.doubtful_extra_ms
        found = _measured(view, view.oldest_doubtful_wait_ms, limit_ms, view.doubtful)
        return found._replace(doubtful=True)

    def lacks(self, table: NobodySignedInTable, view: QueueView) -> NotEvaluated | None:
        return view.unknown_agents

    def lacks_until(self, table: NobodySignedInTable, view: QueueView) -> int:
        return ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if measured.calm:
            return f"{queue_name}: somebody is signed in again, or nobody waits any more"
        wait = format_duration(int(measured.value) * SECOND)
        waiting = f"{measured.n} waiting"
        if measured.doubtful:
            waiting = f"{waiting}, {PERHAPS_GONE}"
        return f"{queue_name}: nobody is signed in, {waiting}, the oldest for {wait}"

    def cannot_be_raised(self, table: NobodySignedInTable, view: QueueView) -> bool:
        return view.crew.signed_in > 0

    def steady_until(self, table: NobodySignedInTable, view: QueueView) -> int:
        return ALWAYS if view.crew.signed_in else 0

    def lasts_until(self, table: NobodySignedInTable, view: QueueView, before: Progress) -> int:
        """A pending one is looked at: who signs in and out again at once was there."""
        is_raised = before.stage == "firing" and not before.doubtful and not view.crew.signed_in
        return ALWAYS if is_raised and view.standing()[0] else 0

    def waits_at_least_ms(self, table: NobodySignedInTable) -> int:
        return table.waiting_longer_than_ms


def _measured(view: QueueView, wait_ms: int, limit_ms: int, waiting: int) -> Measured:
    signed_in = view.crew.signed_in
    is_known = bool(view.agents)
    return Measured(
        wait_ms / 1000,
        limit_ms / 1000,
        waiting,
        # Who left after this boundary was there at it.
        raised=wait_ms > limit_ms and is_known and not signed_in and view.last_sign_out <= view.at,
        calm=not wait_ms or bool(signed_in) or not is_known,
        not_evaluated=view.unknown_agents,
        expected=view.targets.answer_within_ms / 1000,
    )


RULE = NobodySignedIn()
