"""Reads times an hour at a time: what stands around minutes and seconds is read once, and these are added. Pure.

A file has thousands of times of the same hour, written alike. Date, offset, zone and pattern are the same for them, and cost
ten times what minutes and seconds do.

Rule: an hour is kept only where it is proven that minutes and seconds can be added: its first, second and last second are read
by the reader itself, are one moment each, and lie as far apart as they should. So an hour in which clocks are put back or
forward, what a mapping calls "none", a pattern that writes something else there, and whatever cannot be read go to the reader.
"""

from collections.abc import Sequence

from producers.records.none_words import IsNone
from producers.records.times import Moments, ReadTime, ZeroTimeError
from schemas.millis import HOUR, MINUTE, SECOND

_MOST_HOURS = 20_000  # 4 MB: two years
_MINUTES = {f"{minute:02}": minute * MINUTE for minute in range(60)}
_SECONDS = {
    f"{minute:02}:{second:02}": minute * MINUTE + second * SECOND
    for minute in range(60)
    for second in range(60)
}
_TO_THE_SECOND = (("00:00", 0), ("00:01", SECOND), ("59:59", HOUR - SECOND))
_TO_THE_MINUTE = (("00", 0), ("01", MINUTE), ("59", HOUR - MINUTE))
_FRACTION = frozenset(".,")


def by_hours(read: ReadTime, is_none: IsNone, none: Sequence[str] = ()) -> ReadTime:
    """`read`, which gives no moments for a cell that says "none", or is the second 0 of 1970.

    `none`: the mapping's own words; with one that may be a time, no hour is kept.
    """
    to_the_second: dict[tuple[str, str], int | None] = {}
    to_the_minute: dict[tuple[str, str], int | None] = {}

    def one(text: str) -> Moments:
        try:
            return () if is_none(text) else read(text)
        except ZeroTimeError:
            return ()

    def begin_of(hour: str, tail: str, known: Sequence[tuple[str, int]]) -> int | None:
        try:
            told = [one(f"{hour}:{within}{tail}") for within, _ in known]
        except ValueError:
            return None
        begins = {
            moments[0] - past if len(moments) == 1 else None
            for moments, (_, past) in zip(told, known, strict=True)
        }
        return begins.pop() if len(begins) == 1 else None

    def read_by_hours(text: str) -> Moments:
        hour, _, rest = text.partition(":")
        past, tail, kept, known = _SECONDS.get(rest[:5]), rest[5:], to_the_second, _TO_THE_SECOND
        if past is None:
            past, tail, kept, known = (
                _MINUTES.get(rest[:2]),
                rest[2:],
                to_the_minute,
                _TO_THE_MINUTE,
            )
        if past is None or tail[:1] in _FRACTION:
            return one(text)
        try:
            begin = kept[hour, tail]
        except KeyError:
            if len(kept) >= _MOST_HOURS:
                kept.clear()
            begin = kept[hour, tail] = begin_of(hour, tail, known)
        return one(text) if begin is None else (begin + past,)

    return one if any(":" in word for word in none) else read_by_hours
