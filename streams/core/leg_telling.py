"""What rules across queues are told of the legs of one queue (topic `reports`)."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from schemas.calls import LegFact
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.across_rule import AcrossRule
from streams.core.across_rule import Judged as JudgedLeg
from streams.core.leg import Leg, judged_at
from streams.core.leg_report import NOTHING_REPORTED
from streams.core.rule_catalogue import across_queues
from streams.core.untold import Untold
from streams.core.verdict import Verdict


class LegTelling:
    """`reported`: what calls of the queue ever told at all."""

    __slots__ = (
        "_hearing",
        "_of_contacts",
        "_of_topics",
        "_queue",
        "_targets_at",
        "_telling",
        "_untold",
        "reported",
    )

    def __init__(
        self, queue: str, targets_at: Callable[[int], Targets | None], untold: Untold
    ) -> None:
        self._queue, self._targets_at, self._untold = queue, targets_at, untold
        self.reported = NOTHING_REPORTED

    def set_book(self, book: TargetsBook) -> None:
        """Which rules are told, and which of them also of conversations."""
        self._telling: Sequence[AcrossRule[Any, Any]] = across_queues(book)
        self._hearing = [rule for rule in self._telling if rule.hears_service]
        self._of_topics = [rule for rule in self._telling if rule.told_with == "topic"]
        self._of_contacts = [rule for rule in self._telling if rule.told_with == "contact_id"]

    def before(
        self, event: LegFact, leg: Leg, verdict: Verdict, *, is_of_service: bool
    ) -> JudgedLeg | None:
        """The leg before it absorbs a plain fact, for `of_leg` or `of_service`; None: there is nothing to be told.

        A copy only where something may be told but that the wait is over: a plain fact changes nothing else that is told.
        """
        reported = self.reported
        contact_id = leg.contact_id
        if (
            (event.contact_id and not contact_id)
            or (contact_id and not reported.contacts)
            or (leg.area and not reported.callers)
        ):
            return replace(leg), verdict  # it may be the first that tells this
        if not self._telling or not (contact_id or leg.topic):
            return None
        if not is_of_service:
            return leg, verdict
        for rule in self._hearing:
            if rule.is_told_by_service(event, leg):
                return replace(leg), verdict
        return None

    def of_leg(self, former: JudgedLeg | None, leg: Leg, verdict: Verdict) -> None:
        """The leg is otherwise than its `former` state; None: it is new."""
        reported = self.reported
        if (leg.contact_id and not reported.contacts) or (leg.area and not reported.callers):
            self.reported = reported.noted(leg)
        # Most calls have no topic, and of many no contact is told: of these nothing is to be compared.
        before = former and former[0]
        if leg.topic or (before and before.topic):
            self._tell(self._of_topics, former, leg, verdict)
        if leg.contact_id or (before and before.contact_id):
            self._tell(self._of_contacts, former, leg, verdict)

    def of_service(self, former: JudgedLeg, leg: Leg, verdict: Verdict) -> None:
        """The same where only its conversation or its wrap-up is."""
        reported, before = self.reported, former[0]
        if (leg.contact_id and not reported.contacts) or (leg.area and not reported.callers):
            self.reported = reported.noted(leg)
        told_with = {"topic": leg.topic or before.topic, "contact_id": leg.contact_id or before.contact_id}  # fmt: skip
        for rule in self._hearing:
            if told_with[rule.told_with] and rule.is_told_of_service(before, leg):
                self._tell((rule,), former, leg, verdict)

    def _tell(
        self,
        rules: Sequence[AcrossRule[Any, Any]],
        former: JudgedLeg | None,
        leg: Leg,
        verdict: Verdict,
    ) -> None:
        is_news = former is None or former[1].left_at != verdict.left_at
        for rule in rules:
            if rule.replaces_itself and is_news and rule.tells_of(leg, verdict):
                told: Any = ((rule, leg, verdict),)  # whatever was told before
            else:
                told = rule.told(self._queue, former, (leg, verdict))
                if not told:
                    continue
            if not (rule.is_told_of_all or rule.is_told_of(self._targets_at(judged_at(leg)))):
                continue
            if rule.replaces_itself:
                self._untold.waiting[rule, leg.leg_id, leg.source, leg.visit_at] = told[-1]
            else:
                self._untold.tell(told)
