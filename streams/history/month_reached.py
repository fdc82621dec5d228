"""How far a period lies in what the archive has, in sentences: a month without data is not a month without calls."""

from msgspec import Struct

from streams.history.months import Range
from streams.history.sentences import Length, Moment, Sentence, sentence


class Reached(Struct, frozen=True):
    """`any`: whether the archive covers a part of the period. `sentences` are empty where it covers all of it."""

    any: bool
    sentences: tuple[Sentence, ...] = ()


def reached(
    period: Range,
    ends: tuple[int, int] | None,
    zone: str,
    now: int | None,
    as_of: int | None,
    length: Length = "month",
) -> Reached:
    """`ends`: of the archive's data (streams.history.reach). `now` None: nobody told when it is asked.

    What is known `as_of` a moment ends there, and a period that had not begun then had no calls.
    """
    asked = min((at for at in (now, as_of) if at is not None), default=None)
    if ends is not None and as_of is not None:
        ends = (ends[0], min(ends[1], as_of))
    begun = asked is None or asked >= period.start
    if ends is not None and asked is not None and begun:  # a file reaches an hour past its last leg
        ends = (ends[0], min(ends[1], asked))
    if not begun and (ends is None or ends[1] <= period.start):
        begins = _day(period.start, zone)
        return Reached(any=False, sentences=(sentence("not_begun", length, start=begins),))
    if ends is None:
        return Reached(any=False, sentences=(sentence("no_data", length),))
    first, last = ends
    before = sentence("no_data_before", first=_day(first, zone))
    after = sentence("no_data_after", last=_day(last, zone))
    if first >= period.end or last < first:
        return Reached(any=False, sentences=(before,))
    if last <= period.start:
        return Reached(any=False, sentences=(after,))
    runs = asked is not None and asked < period.end
    until = (
        sentence("runs", length, end=_day(period.end, zone), last=_day(last, zone))
        if runs
        else after
    )
    return Reached(
        any=True,
        sentences=(
            *([until] if last < period.end else []),
            *([before] if first > period.start else []),
        ),
    )


def _day(at: int, zone: str) -> Moment:
    """With the year: the archive's first day may lie years from the period."""
    return Moment(at, zone, dated=True)
