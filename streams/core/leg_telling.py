"""What rules across queues are told of the legs of one queue (topic `reports`)."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from schemas.reports import Told
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.across_rule import AcrossRule
from streams.core.across_rule import Judged as JudgedLeg
from streams.core.leg import Leg, judged_at
from streams.core.leg_report import NOTHING_REPORTED
from streams.core.rule_catalogue import across_queues
from streams.core.verdict import Verdict


class LegTelling:
    """`reported`: what calls of the queue ever told at all."""

    __slots__ = (
        "_hearing", "_queue", "_targets_at", "_tell", "_telling", "_told_with", "is_asked", "reported"
    )  # fmt: skip

    def __init__(
        self,
        queue: str,
        targets_at: Callable[[int], Targets | None],
        tell: Callable[[Sequence[Told]], None],
    ) -> None:
        """`tell` is called with what is to be written, in the order in which it became known."""
        self._queue, self._targets_at, self._tell = queue, targets_at, tell
        self.reported = NOTHING_REPORTED

    def set_book(self, book: TargetsBook) -> None:
        """Which rules are told, and which of them also of conversations."""
        self._telling: Sequence[AcrossRule[Any, Any]] = across_queues(book)
        self._hearing = [rule for rule in self._telling if rule.hears_service]
        names = [rule.told_with for rule in self._telling]
        self.is_asked = bool(names)  # else `concerns` says no of every leg
        self._told_with: Callable[[Leg], Any] = attrgetter(*names) if names else _nothing

    def concerns(self, leg: Leg) -> bool:
        """Whether any rule may be told anything of the leg, as it is."""
        return any(self._told_with(leg))

    def of_leg(self, former: JudgedLeg | None, leg: Leg, verdict: Verdict) -> None:
        """The leg is otherwise than its `former` state; None: it is new."""
        self._told(self._telling, former, leg, verdict)

    def of_service(self, former: JudgedLeg, leg: Leg, verdict: Verdict) -> None:
        """The same where only its conversation or its wrap-up is."""
        hearing = [rule for rule in self._hearing if rule.is_told_of_service(former[0], leg)]
        self._told(hearing, former, leg, verdict)

    def _told(
        self,
        telling: Sequence[AcrossRule[Any, Any]],
        former: JudgedLeg | None,
        leg: Leg,
        verdict: Verdict,
    ) -> None:
        self.reported = self.reported.noted(leg)
        for rule in telling:
            # Most calls have no topic, and of many no contact is told: of these nothing is to be compared.
            name = rule.told_with
            if not getattr(leg, name) and (former is None or not getattr(former[0], name)):
                continue
            told = rule.told(self._queue, former, (leg, verdict))
            if told and (rule.is_told_of_all or rule.is_told_of(self._targets_at(judged_at(leg)))):
                self._tell(told)


def _nothing(_: Leg) -> tuple[str, ...]:
    return ()
