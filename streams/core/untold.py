"""What rules across queues are to be told of the legs of one queue, in the order in which it became known.

What replaces what was told before is not made until it is taken: most calls come and are answered between two checkpoints, and of these the
answer alone is told.
"""

from collections.abc import Sequence
from typing import Any

from schemas.reports import Told
from streams.core.across_rule import AcrossRule
from streams.core.leg import Leg
from streams.core.verdict import Verdict

Unmade = tuple[AcrossRule[Any, Any], Leg, Verdict]


class Untold:
    """It belongs to the outbox of the queue."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        # By its number; the newest of a leg by the rule and the leg, by which rule and verdict it is to be made, or made already.
        self.waiting: dict[object, Told | Unmade] = {}

    def tell(self, told: Sequence[Told]) -> None:
        """Each of these is told, whatever comes after it."""
        for each in told:
            self.waiting[len(self.waiting)] = each  # it only grows until all is taken

    def take(self, queue: str) -> list[Told]:
        """All of it once."""
        if not self.waiting:
            return []
        waiting, self.waiting = self.waiting, {}
        return [
            each[0].made(queue, each[1], each[2]) if isinstance(each, tuple) else each
            for each in waiting.values()
        ]
