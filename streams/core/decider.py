"""What decides a rule across queues: one object in the unit of `reports`, fed by what all queues tell.

Rule 1: what is decided follows from the times of what is told, never from the order in which it is read: `advance`
comes once the clocks of all sources have passed a boundary.
Rule 2: what is unwritten is in `pieces` and `alerts` once, until `written`. A piece has a format version.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from schemas.alerts import Alert, NotEvaluated
from schemas.reports import Told
from schemas.targets import Targets
from streams.core.unit import Cause

TargetsAt = Callable[[str, int], Targets | None]  # of a queue at a moment
# Of a node (schemas.identity): its first clock. LATEST: it told none so far; None: a former release knew.
HeardSince = Callable[[str], int | None]


class Asked(NamedTuple):
    """What a decider may ask the unit for."""

    targets_at: TargetsAt
    heard_since: HeardSince


class Decider(Protocol):
    """A class of this kind is `DECIDER` of its module in `streams.core.across`; it is made with an Asked."""

    told: type[Told]  # the records of topic `reports` that it takes
    boundary: int | None  # up to which everything is decided; kept in the cursor of the unit
    alerts: dict[str, Alert]  # unwritten, by id: the newest record of each

    def take(self, told: Told) -> None:
        """A record of the type `told`."""
        ...

    def advance(self, target: int | None, cause: Cause) -> None:
        """All clocks have passed the boundary `target`; None: no clock is known."""
        ...

    def lacking(self) -> NotEvaluated | None:
        """Why the rule cannot be asked yet, for any queue; None: it can."""
        ...

    def rebuilt(self, former: Any, log_begins_at: int, *, is_damaged: bool) -> None:
        """It has taken the log anew. Take from `former`, of the same class, what the log does not tell; its alerts stay
        as they were. `is_damaged`: a former piece could not be read. Afterwards everything is unwritten.
        """
        ...

    def pieces(self) -> list[tuple[bytes, bytes | None]]:
        """The pieces of state that changed, their keys without the prefix of the unit; None deletes one."""
        ...

    def load(self, key: bytes, value: bytes | None) -> None:
        """One such piece; those of other deciders are ignored. Damaged bytes may raise anything."""
        ...

    def written(self) -> None:
        """Everything that changed is in a checkpoint."""
        ...
