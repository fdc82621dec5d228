"""What the half hours of a range say beside its average: how many met the goal, the worst, the longest bad run.

Rule 1: a half hour is *eligible* if at least `ELIGIBLE_CALLS` of its calls were promised something; the others
are `low_volume` and judged nowhere: one call of two is 50 %.
Rule 2: a *run* is missed half hours that follow each other. One of low volume between them neither ends nor lengthens
it; a half hour that met the goal, or that is not there (closed, nobody called), ends it.
Rule 3: the *masking gap* is the service level of the range less the share of its calls that came in half
hours that met the goal: what the average shows and most callers did not see.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from schemas.goal import ELIGIBLE_CALLS
from streams.history.promises_kept import Kept

# An average that meets its goal hides something if one half hour of so many missed it, or if in one of them fewer
# than half of those were served who were promised to be.
ONE_OF = 20
_HALF = 2


class HalfHour(Struct, frozen=True):
    start: int
    end: int
    kept: Kept

    @property
    def eligible(self) -> bool:
        return self.kept.due >= ELIGIBLE_CALLS and self.kept.against is not None

    @property
    def missed(self) -> bool:
        return self.eligible and self.kept.against != "met"


class Span(Struct, frozen=True):
    """A bad run: `half_hours` missed ones in `[start, end)`, with the calls of all of them."""

    start: int
    end: int
    half_hours: int
    kept: Kept


class Consistency(Struct, frozen=True):
    """`whole` is the sum of all half hours, also those of low volume."""

    whole: Kept
    eligible: int
    met: int
    low_volume: int
    calls: int  # promised calls of the eligible
    calls_in_missed: int
    worst: HalfHour | None  # the least share; of equal ones that with more calls, then the first
    longest: Span | None

    @property
    def missed(self) -> int:
        return self.eligible - self.met

    @property
    def share_met(self) -> float | None:
        return self.met / self.eligible if self.eligible else None

    @property
    def share_of_calls_in_missed(self) -> float | None:
        return self.calls_in_missed / self.calls if self.calls else None

    @property
    def masking_gap(self) -> float | None:
        if self.whole.share is None or not self.calls:
            return None
        return self.whole.share - (self.calls - self.calls_in_missed) / self.calls

    @property
    def average_hides(self) -> bool:
        """Whether the average looks fine and its half hours do not."""
        if self.whole.against != "met" or not self.missed or self.worst is None:
            return False
        worst, goal = self.worst.kept.share or 0.0, self.worst.kept.goal or 0.0
        return self.missed * ONE_OF >= self.eligible or worst * _HALF < goal


def consistency(half_hours: Iterable[HalfHour]) -> Consistency:
    """Of one queue or group; half hours in the order of their starts, those without a call may be left out."""
    found = list(half_hours)
    eligible = [each for each in found if each.eligible]
    missed = [each for each in eligible if each.missed]
    return Consistency(
        whole=_sum(found),
        eligible=len(eligible),
        met=len(eligible) - len(missed),
        low_volume=sum(each.kept.due > 0 and not each.eligible for each in found),
        calls=sum(each.kept.due for each in eligible),
        calls_in_missed=sum(each.kept.due for each in missed),
        worst=min(eligible, key=_worst, default=None),
        longest=_longest(found),
    )


def _worst(each: HalfHour) -> tuple[float, int, int]:
    return each.kept.share or 0.0, -each.kept.due, each.start


def _sum(half_hours: Iterable[HalfHour]) -> Kept:
    return sum((each.kept for each in half_hours), Kept())


def _longest(half_hours: Sequence[HalfHour]) -> Span | None:
    best: list[HalfHour] = []
    run: list[HalfHour] = []  # begins with a missed half hour
    for each in half_hours:
        if run and each.start != run[-1].end:
            run = []
        if each.missed or (run and each.kept.due > 0 and not each.eligible):
            run.append(each)
        else:
            run = []
        if _missed(run) > _missed(best):
            best = list(run)
    if not best:
        return None
    return Span(
        best[0].start, best[-1].end, _missed(best), _sum(each for each in best if each.missed)
    )


def _missed(run: Sequence[HalfHour]) -> int:
    return sum(each.missed for each in run)
