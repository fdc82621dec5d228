"""What an alert rule across queues declares besides: which calls it is told of, and how (topic `reports`).

Each unit of `calls` tells what `report` says of a leg. What follows from all of it is decided in the unit of
`reports`, by the module of the same name in `streams.core.across` (streams.core.decider).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

from msgspec.structs import replace

from schemas.reports import Told
from schemas.targets import Targets
from streams.core.leg import Leg
from streams.core.line import Line
from streams.core.rule import ALWAYS, HoldingTimes, Rule
from streams.core.verdict import Verdict
from streams.core.windows import Windows

Judged = tuple[Leg, Verdict]
T = TypeVar("T", bound=HoldingTimes)
R = TypeVar("R", bound=Told)


class AcrossRule(Rule[T], Generic[T, R]):
    """Never raised by a queue alone: `measure` only says whether its calls can be in it."""

    across_queues = True
    each_minute = True
    answer_cannot_raise = True
    idle_cannot_raise = True
    is_told_of_all: bool = False  # calls of every queue, configured or not, once any has it

    @abstractmethod
    def report(self, queue: str, leg: Leg, verdict: Verdict) -> R | None:
        """What is told of a leg as it is known now; None for one that does not concern the rule."""

    def is_told_of(self, targets: Targets | None) -> bool:
        """Whether calls of a queue with these targets are told, once any queue has the rule."""
        return self.is_told_of_all or (targets is not None and self.name in targets.alerts)

    told_with: Literal["topic", "contact_id"]  # nothing is told of a leg without it

    hears_service: bool = (
        True  # False: facts of a conversation or of its wrap-up change nothing of what is told
    )

    def is_told_of_service(self, before: Leg, leg: Leg) -> bool:
        """Whether such a fact, which made `leg` of `before`, may change it. False is a promise: most facts of a call are such
        facts.
        """
        return True

    def told(self, queue: str, before: Judged | None, after: Judged) -> Sequence[R]:
        """What is told of a leg that was judged anew; `before`: as it was known, None for a new leg."""
        former = None if before is None else self.report(queue, *before)
        report = self.report(queue, *after)
        return () if report == former else self.retold(former, report)

    def retold(self, before: R | None, report: R | None) -> Sequence[R]:
        """The leg was told as `before` and is otherwise now: what is told of that."""
        taken_back = () if before is None else (replace(before, taken_back=True),)
        return taken_back if report is None else (*taken_back, report)

    def quiet_until(self, table: T, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: T) -> int:
        return ALWAYS
