"""What an alert rule across queues declares besides: which calls it is told of, and how (topic `reports`).

Each unit of `calls` tells what `report` says of a leg. What follows from all of it is decided in the unit of
`reports`, by the module of the same name in `streams.core.across` (streams.core.decider).
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec.structs import replace

from schemas.reports import Told
from schemas.targets import Targets
from streams.core.leg import Leg
from streams.core.line import Line
from streams.core.rule import ALWAYS, HoldingTimes, Rule
from streams.core.verdict import Verdict
from streams.core.windows import Windows

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

    def is_told_of_service(self, before: Leg, leg: Leg) -> bool:
        """Whether a fact of the conversation or of its wrap-up, which made `leg` of `before`, may change what is told. False is a
        promise: most facts of a call are such facts.
        """
        return True

    def retold(self, before: R | None, report: R | None) -> Iterable[R]:
        """The leg was told as `before` and is otherwise now: what is told of that."""
        if before is not None:
            yield replace(before, taken_back=True)
        if report is not None:
            yield report

    def quiet_until(self, table: T, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: T) -> int:
        return ALWAYS
