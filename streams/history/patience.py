"""How long callers have patience: Kaplan-Meier of the time to giving up, censored by everything else that ended a wait.

Who was answered after 20 s would have waited at least 20 s: he says nothing about 30 s. A mean time to abandon leaves that
out and calls all impatient. Waits are in whole seconds, rounded up; of one second those who gave up come before those
who left otherwise.
"""

from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

# The limits T that a target may be chosen from.
AT_S = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)


class Ended(Struct, frozen=True):
    """How many waits ended in this second: `gave_up`, `answered`, and `otherwise` (by a rule, rung back, dropped)."""

    second: int
    gave_up: int
    answered: int
    otherwise: int

    @property
    def all(self) -> int:
        return self.gave_up + self.answered + self.otherwise


class AtLimit(Struct, frozen=True):
    """At T: who still waited, who was answered or gave up by then, and who would have given up with nobody answering.

    `would_give_up` is None from where nobody waited so long.
    """

    second: int
    still_waiting: int
    answered: int
    gave_up: int
    would_give_up: float | None


class Patience(Struct, frozen=True):
    """`median_s`: the least second by which half would have given up; None if so many never do as far as is known."""

    waits: int
    gave_up: int
    median_s: int | None
    limits: tuple[AtLimit, ...]


def patience(ended: Sequence[Ended], limits: Sequence[int] = AT_S) -> Patience:
    """`ended` by rising second, each once."""
    total = sum(each.all for each in ended)
    before = [0, *accumulate(each.all for each in ended)]
    left = 1.0
    survival: list[float] = []
    for place, each in enumerate(ended):
        at_risk = total - before[place]
        left *= 1 - each.gave_up / at_risk
        survival.append(left)
    median = next((each.second for each, s in zip(ended, survival, strict=True) if s <= 0.5), None)  # noqa: PLR2004 - half
    return Patience(
        total,
        sum(each.gave_up for each in ended),
        median,
        tuple(_at(limit, ended, survival, total) for limit in limits),
    )


def _at(limit: int, ended: Sequence[Ended], survival: Sequence[float], total: int) -> AtLimit:
    until = [each for each in ended if each.second <= limit]
    over = sum(each.all for each in until)
    last = ended[-1].second if ended else -1
    return AtLimit(
        limit,
        total - over,
        sum(each.answered for each in until),
        sum(each.gave_up for each in until),
        None if limit > last else 1 - (survival[len(until) - 1] if until else 1.0),
    )
