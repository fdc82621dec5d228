"""Alert rule: somebody waits too long."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.millis import SECOND, format_duration
from streams.core.alerting import Progress
from streams.core.chance_wait import is_chance
from streams.core.queue_view import QueueView
from streams.core.rule import (
    ALWAYS,
    DOUBTFUL_EXTRA_MS,
    PERHAPS_GONE,
    HoldingTimes,
    Measured,
    Rule,
)

_AT_MOST = 2  # times the limit: later than that nobody waits unseen


class OldestWaitTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while somebody has waited longer than `raise_above`; for a doubtful caller, who is perhaps gone,
    both limits are later by `doubtful_extra`.

    Later, up to twice the limit, where the agents are enough and chance makes such a wait more often than once in
    `weeks` weeks; 0 weeks: never later.
    """

    raise_above_ms: int
    clear_below_ms: int
    doubtful_extra_ms: int = DOUBTFUL_EXTRA_MS
    weeks: Annotated[float, Meta(ge=0)] = 8.0

    def __post_init__(self) -> None:
        if self.clear_below_ms > self.raise_above_ms:
            raise ValueError("clear_below: must not exceed raise_above")


class OldestWait(Rule[OldestWaitTable]):
    """Measures the wait of the first in line. The time at which it reaches the limit is known in advance."""

    name = "oldest_wait"
    title = "somebody waits too long"
    severity = "page"
    unit = "seconds"
    table = OldestWaitTable
    profile_helps = True
    answer_cannot_raise = True
    leaving_cannot_raise = True
    idle_cannot_raise = True
    counts_callers = False
    reads_service = False

    def measure(self, table: OldestWaitTable, view: QueueView) -> Measured:
        wait_ms = view.oldest_wait_ms
        return Measured(
            wait_ms / 1000,
            table.raise_above_ms / 1000,
            view.waiting,
            raised=wait_ms > table.raise_above_ms
            and (
                wait_ms > _AT_MOST * table.raise_above_ms
                or not is_chance(view, wait_ms, table.weeks)
            ),
            calm=wait_ms < table.clear_below_ms,
            expected=view.targets.answer_within_ms / 1000,
        )

    def measure_doubtful(self, table: OldestWaitTable, view: QueueView) -> Measured:
        wait_ms, extra_ms = view.oldest_doubtful_wait_ms, table.doubtful_extra_ms
        return Measured(
            wait_ms / 1000,
            (table.raise_above_ms + extra_ms) / 1000,
            view.doubtful,
            raised=wait_ms > table.raise_above_ms + extra_ms,
            calm=wait_ms < table.clear_below_ms + extra_ms,
            doubtful=True,
            expected=view.targets.answer_within_ms / 1000,
        )

    def lacks(self, table: OldestWaitTable, view: QueueView) -> NotEvaluated | None:
        return None

    def lacks_until(self, table: OldestWaitTable, view: QueueView) -> int:
        return ALWAYS

    def sentence(self, queue_name: str, measured: Measured) -> str:
        wait = format_duration(int(measured.value) * SECOND)
        limit = format_duration(int(measured.threshold * SECOND))
        waiting = f"{measured.n} waiting"
        if measured.doubtful:
            waiting = f"{waiting}, {PERHAPS_GONE}"
        return f"{queue_name}: {waiting}, the oldest for {wait} (limit {limit})"

    def steady_until(self, table: OldestWaitTable, view: QueueView) -> int:
        """Somebody who is perhaps gone has waited longer than the limit of those who are there."""
        late_ms = table.raise_above_ms + table.doubtful_extra_ms
        return view.at + min(
            table.raise_above_ms - view.oldest_wait_ms, late_ms - view.oldest_doubtful_wait_ms
        )

    def lasts_until(self, table: OldestWaitTable, view: QueueView, before: Progress) -> int:
        """The first in line only waits longer."""
        if before.stage == "pending":
            return 0
        if before.doubtful:
            is_calm = (
                view.standing(doubtful=True)[1] < table.clear_below_ms + table.doubtful_extra_ms
            )
            return 0 if is_calm else view.at + table.raise_above_ms - view.oldest_wait_ms
        return ALWAYS if view.standing()[1] >= table.clear_below_ms else 0

    def waits_at_least_ms(self, table: OldestWaitTable) -> int:
        return table.raise_above_ms


RULE = OldestWait()
