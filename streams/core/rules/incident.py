"""Alert rule: several people call about one thing. It is decided across queues, in one place.

What a queue says here is only whether its calls can be in it: streams.core.incidents decides, from topic `reports`.
"""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.millis import HOUR
from schemas.reports import Report
from streams.core.across_rule import AcrossRule
from streams.core.leg import Leg
from streams.core.leg_report import leg_report
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Measured, not_evaluated
from streams.core.verdict import Verdict


class IncidentTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise when `callers` different people have called about one topic from one area, faster than chance makes
    them; over when for `clear_hold` fewer than twice the ordinary calls have come. Nothing new for `reopen_after`.
    """

    callers: Annotated[int, Meta(ge=2)] = 5
    clear_hold_ms: int = HOUR
    reopen_after_ms: int = 2 * HOUR


class Incident(AcrossRule[IncidentTable, Report]):
    """Never raised by a queue alone."""

    name = "incident"
    title = "several people call about one thing"
    severity = "page"
    unit = "number"
    tuned_to = "0.18 false alerts a week in 160 places with 2.75 ordinary calls an hour each"
    table = IncidentTable
    example = Measured(
        5, 5, 5, raised=True, calm=False, cause=" in 24m, 0.1 expected (Burst pipes 4, No water 1)"
    )

    told_with = "topic"

    def measure(self, table: IncidentTable, view: QueueView) -> Measured:
        if not view.reported.topics:
            return not_evaluated("no topics reported", table.callers)
        if not view.reported.callers:
            return not_evaluated("no callers reported", table.callers)
        return Measured(0, table.callers, 0, raised=False, calm=True)

    def lacks(self, table: IncidentTable, view: QueueView) -> NotEvaluated | None:
        if not view.reported.topics:
            return "no topics reported"
        return None if view.reported.callers else "no callers reported"

    def report(self, queue: str, leg: Leg, verdict: Verdict) -> Report | None:
        return leg_report(queue, leg) if leg.topic else None

    hears_service = False

    def sentence(self, queue_name: str, measured: Measured) -> str:
        """`queue_name` is what they call about, and where."""
        over = "over; " if measured.calm else ""
        return f"{queue_name}: {over}{measured.n} callers{measured.cause}"


RULE = Incident()
