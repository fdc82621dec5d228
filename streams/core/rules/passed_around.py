"""Alert rule: a caller was sent from queue to queue and waits again. It is decided across queues, in one place.

A queue knows nothing of what happened in another one: it tells of its stays, and says whether it can.
streams.core.across.passed_around follows the callers, from topic `reports`.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta
from msgspec.structs import replace

from schemas.alerts import NotEvaluated
from schemas.calls import Ended, LegFact
from schemas.identity import leg_key
from schemas.millis import MINUTE, SECOND, format_duration
from schemas.reports import Stay
from streams.core.across_rule import AcrossRule
from streams.core.leg import Leg
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Measured, not_evaluated
from streams.core.verdict import Verdict

# Taken out of a queue as a double of the caller's own leg, so she waited there once and not twice.
_NO_STAY = "withdrawn"


class PassedAroundTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while a caller waits here who has waited in at least `queues` queues, this one included, for longer than
    `raise_above` in all.
    """

    queues: Annotated[int, Meta(ge=2)] = 3
    raise_above_ms: int = 10 * MINUTE


class Passed(NamedTuple):
    """A caller who waits in the queue now. `route`: names of queues with the wait in each, the present one last."""

    waited_ms: int
    route: tuple[tuple[str, int], ...]


class PassedAround(AcrossRule[PassedAroundTable, Stay]):
    """Measures the longest wait in all of those who waited in so many queues. It only grows while they wait, so one
    limit raises it and clears it.
    """

    name = "passed_around"
    title = "a caller is sent from queue to queue"
    severity = "warn"
    unit = "seconds"
    table = PassedAroundTable
    example = Measured(
        840, 600, 1, raised=True, calm=False, cause="in 3 queues, 14m in all (Accounts 5m, Meter readings 4m, here 5m; limit 10m)",
    )  # fmt: skip

    told_with = "contact_id"
    is_told_of_all = True  # the caller waited there, too
    replaces_itself = True

    def measure(self, table: PassedAroundTable, view: QueueView) -> Measured:
        limit = table.raise_above_ms / SECOND
        if not view.reported.contacts:
            return not_evaluated("no contacts reported", limit)
        return Measured(0, limit, 0, raised=False, calm=True)

    def lacks(self, table: PassedAroundTable, view: QueueView) -> NotEvaluated | None:
        return None if view.reported.contacts else "no contacts reported"

    def tells_of(self, leg: Leg, verdict: Verdict) -> bool:
        if not leg.contact_id or verdict.arrived_at is None:
            return False
        if leg.direction != "inbound" or leg.channel != "voice" or verdict.outcome == "rejected":
            return False
        return verdict.outcome != "exited" or verdict.reason != _NO_STAY

    def report(self, queue: str, leg: Leg, verdict: Verdict) -> Stay | None:
        return self.made(queue, leg, verdict) if self.tells_of(leg, verdict) else None

    def made(self, queue: str, leg: Leg, verdict: Verdict) -> Stay:
        outcome = verdict.outcome
        sent_on_at = None
        if outcome in {"transferred", "exited"}:
            sent_on_at = verdict.left_at
        elif outcome == "answered" and leg.ended_by == "transfer":
            sent_on_at = verdict.service_ended_at
        return Stay(
            queue,
            leg_key(leg.leg_id, leg.source, leg.visit_at),
            leg.contact_id,
            verdict.arrived_at or 0,
            verdict.left_at,
            verdict.wait_ms,
            sent_on_at,
            leg.replay,
        )

    def is_told_of_service(self, before: Leg, leg: Leg) -> bool:
        """Of its end if she was sent on then; and any fact may be the first to tell the contact."""
        return leg.contact_id != before.contact_id or "transfer" in (before.ended_by, leg.ended_by)

    def is_told_by_service(self, event: LegFact, leg: Leg) -> bool:
        return leg.ended_by == "transfer" or (type(event) is Ended and event.by == "transfer")

    def retold(self, before: Stay | None, report: Stay | None) -> Sequence[Stay]:
        """A contact never changes, so a stay that is told again replaces itself."""
        if report is not None:
            return (report,)
        return () if before is None else (replace(before, taken_back=True),)

    def measure_callers(self, table: PassedAroundTable, callers: Sequence[Passed]) -> Measured:
        """Of all who wait in one queue now."""
        over = [
            each
            for each in callers
            if len(each.route) >= table.queues and each.waited_ms > table.raise_above_ms
        ]
        limit = table.raise_above_ms / SECOND
        if not over:
            return Measured(0, limit, 0, raised=False, calm=True)
        worst = max(over)
        waited_s, cause = worst.waited_ms / SECOND, _cause(worst, table)
        return Measured(waited_s, limit, len(over), raised=True, calm=False, cause=cause)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if not measured.n:
            return f"{queue_name}: nobody waits any more who was sent from queue to queue"
        if measured.n == 1:
            return f"{queue_name}: a caller has waited {measured.cause}"
        return f"{queue_name}: {measured.n} callers were sent from queue to queue; one has waited {measured.cause}"


def _cause(worst: Passed, table: PassedAroundTable) -> str:
    """In whole seconds: five parts of a second say nothing to anybody."""
    *before, (_, here_ms) = worst.route
    parts = [f"{name} {_said(wait_ms)}" for name, wait_ms in before]
    parts.append(f"here {_said(here_ms)}")
    limit = format_duration(table.raise_above_ms)
    whole = _said(worst.waited_ms)
    return f"in {len(worst.route)} queues, {whole} in all ({', '.join(parts)}; limit {limit})"


def _said(duration_ms: int) -> str:
    return format_duration(duration_ms // SECOND * SECOND)


RULE = PassedAround()
