"""What an alert rule across queues declares besides: which calls it is told of, and how (topic `reports`).

Each unit of `calls` tells what `report` says of a leg. What follows from all of it is decided in the unit of
`reports`, by the module of the same name in `streams.core.across` (streams.core.decider).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

from msgspec.structs import replace

from schemas.calls import LegFact
from schemas.reports import Told
from schemas.targets import Targets
from streams.core.leg import Leg
from streams.core.line import Line
from streams.core.queue_view import QueueView
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

    def made(self, queue: str, leg: Leg, verdict: Verdict) -> R:
        """The same of a leg of which it `tells_of` something. Only a rule that `replaces_itself` is asked."""
        raise NotImplementedError

    def is_told_of(self, targets: Targets | None) -> bool:
        """Whether calls of a queue with these targets are told, once any queue has the rule."""
        return self.is_told_of_all or (targets is not None and self.name in targets.alerts)

    # What is told of a leg replaces what was told of it before, also where it is only that the wait is over: so it is made when it is
    # written, of the leg as it is then. `retold` gives one record at most.
    replaces_itself: bool = False

    told_with: Literal["topic", "contact_id"]  # nothing is told of a leg without it

    hears_service: bool = (
        True  # False: facts of a conversation or of its wrap-up change nothing of what is told
    )

    def is_told_of_service(self, before: Leg, leg: Leg) -> bool:
        """Whether such a fact, which made `leg` of `before`, may change it. False is a promise: most facts of a call are such
        facts.
        """
        return True

    def is_told_by_service(self, event: LegFact, leg: Leg) -> bool:
        """The same, asked before the leg absorbs the fact, which is plain and tells no new contact."""
        return True

    def tells_of(self, leg: Leg, verdict: Verdict) -> bool:
        """Whether `report` has something to tell. Only a rule that `replaces_itself` is asked."""
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

    def lacks_until(self, table: T, view: QueueView) -> int:
        return ALWAYS

    def quiet_until(self, table: T, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: T) -> int:
        return ALWAYS
