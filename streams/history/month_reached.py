"""How far a month lies in what the archive has, in sentences: a month without data is not a month without calls."""

from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import to_datetime
from streams.history.months import Range
from streams.history.sentences import Sentence, sentence


class Reached(Struct, frozen=True):
    """`any`: whether the archive covers a part of the month. `sentences` are empty where it covers all of it."""

    any: bool
    sentences: tuple[Sentence, ...] = ()


def reached(
    month: Range, ends: tuple[int, int] | None, zone: str, now: int | None, as_of: int | None
) -> Reached:
    """`ends`: of the archive's data (streams.history.reach). `now` None: nobody told when it is asked.

    What is known `as_of` a moment ends there, and a month that had not begun then had no calls.
    """
    asked = min((at for at in (now, as_of) if at is not None), default=None)
    if ends is not None and as_of is not None:
        ends = (ends[0], min(ends[1], as_of))
    begun = asked is None or asked >= month.start
    if ends is not None and asked is not None and begun:  # a file reaches an hour past its last leg
        ends = (ends[0], min(ends[1], asked))
    if not begun and (ends is None or ends[1] <= month.start):
        return Reached(any=False, sentences=(sentence("not_begun", start=_day(month.start, zone)),))
    if ends is None:
        return Reached(any=False, sentences=(sentence("no_data"),))
    first, last = ends
    before = sentence("no_data_before", first=_day(first, zone))
    after = sentence("no_data_after", last=_day(last, zone))
    if first >= month.end or last < first:
        return Reached(any=False, sentences=(before,))
    if last <= month.start:
        return Reached(any=False, sentences=(after,))
    runs = asked is not None and asked < month.end
    until = sentence("runs", end=_day(month.end, zone), last=_day(last, zone)) if runs else after
    return Reached(
        any=True,
        sentences=(
            *([until] if last < month.end else []),
            *([before] if first > month.start else []),
        ),
    )


def _day(at: int, zone: str) -> str:
    """With the year: the archive's first day may lie years from the month."""
    local = to_datetime(at, ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
