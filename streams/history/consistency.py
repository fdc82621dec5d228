"""What the half hours of a range say beside its average: how many met the goal, the worst, the longest bad run.

Rule 1: a half hour is *eligible* if at least `ELIGIBLE_CALLS` of its calls were promised something; the others
are `low_volume` and judged nowhere: one call of two is 50 %.
Rule 2: a *run* is missed half hours that follow each other. One of low volume between them neither ends nor lengthens
it; a half hour that met the goal, or that is not there (closed, nobody called), ends it.
Rule 3: the *masking gap* is the service level of the range less the share of its calls that came in half
hours that met the goal: what the average shows and most callers did not see.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from schemas.goal import ELIGIBLE_CALLS
from streams.history.promises_kept import Kept, sum_of

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
    missed = {each.start for each in eligible if each.missed}
    return Consistency(
        whole=sum_of(each.kept for each in found),
        eligible=len(eligible),
        met=len(eligible) - len(missed),
        low_volume=sum(each.kept.due > 0 for each in found) - len(eligible),
        calls=sum(each.kept.due for each in eligible),
        calls_in_missed=sum(each.kept.due for each in eligible if each.start in missed),
        worst=min(eligible, key=_worst, default=None),
        longest=_longest(found, {each.start for each in eligible}, missed),
    )


def _worst(each: HalfHour) -> tuple[float, int, int]:
    return each.kept.share or 0.0, -each.kept.due, each.start


def _longest(
    half_hours: Sequence[HalfHour], eligible: AbstractSet[int], missed: AbstractSet[int]
) -> Span | None:
    """Both sets are of starts."""
    best: list[HalfHour] = []
    run: list[HalfHour] = []  # begins with a missed half hour
    most = in_run = 0  # missed half hours of `best` and of `run`
    for each in half_hours:
        if run and each.start != run[-1].end:
            run, in_run = [], 0
        if each.start in missed:
            run.append(each)
            in_run += 1
        elif run and each.kept.due > 0 and each.start not in eligible:
            run.append(each)
        else:
            run, in_run = [], 0
        if in_run > most:
            best, most = list(run), in_run
    if not best:
        return None
    kept = sum_of(each.kept for each in best if each.start in missed)
    return Span(best[0].start, best[-1].end, most, kept)
