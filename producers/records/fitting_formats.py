"""Which formats of dates and clocks read the times of a column. Pure.

Rule: the times that can be read decide. One date that does not exist, a total or a remark below the table says
nothing of the other rows; but a format that reads no more than half of them is none of theirs.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from producers.records.cell_text import shown
from producers.records.mapping import FORMATS
from producers.records.times import Moments, time_reader

_DATES = (
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d. %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d/%b/%Y",
)
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H.%M.%S", "%H.%M")
_OFFSET = re.compile(r"(?<=[\dMm])(\s?)(?:(UTC|GMT|Z)|[+-]\d\d:?\d\d)$", re.IGNORECASE)
MOST_LOOKED_AT = 500
_FIRST_LOOK = 25
T = TypeVar("T")


class FittingFormats(Struct, frozen=True):
    """`formats` read the same number of texts, each otherwise than the first; none if none reads more than half.

    `unread`: the texts of `looked_at` that the first one does not read. `rival`: a format that reads some of
    these, and others otherwise than the first: two orders of day and month in one column.
    """

    formats: tuple[str, ...] = ()
    looked_at: int = 0
    unread: tuple[str, ...] = ()
    rival: str = ""

    def remarks(self) -> tuple[str, ...]:
        """What a person must know of the first of `formats`, in one line; nothing if it reads all."""
        if not self.formats or not self.unread:
            return ()
        return (
            f"{self.formats[0]} reads {self.looked_at - len(self.unread):,} of {self.looked_at:,} times that were looked at,"
            f" not {shown(self.unread[0])}: such rows are refused"
            + (
                f"; {self.rival} reads some of them: are there two orders of day and month?"
                if self.rival
                else ""
            ),
        )


def fitting_formats(texts: Sequence[str]) -> FittingFormats:
    """Of texts that are spread over all of these: the first days of a year are of no help with day and month."""
    some = spread(texts, MOST_LOOKED_AT)
    first = spread(some, _FIRST_LOOK)
    read = {each: _moments(each, some) for each in _formats(first) if any(_moments(each, first))}
    most = max((_count(moments) for moments in read.values()), default=0)
    if most * 2 <= len(some):
        return FittingFormats(looked_at=len(some))
    best = next(each for each, moments in read.items() if _count(moments) == most)
    others = [each for each in read if _is_otherwise(read[each], read[best])]
    unread = tuple(text for text, at in zip(some, read[best], strict=True) if not at)
    rival = next((each for each in others if _reads_more(read[each], read[best])), "")
    fitting = (best, *(each for each in others if _count(read[each]) == most))
    return FittingFormats(fitting, len(some), unread, rival)


def spread(texts: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of them, in equal steps from the first one on."""
    step = max(1, -(-len(texts) // most))
    return texts[::step]


def count_read(time_format: str, texts: Sequence[str]) -> int:
    """How many of the texts the format reads."""
    return _count(_moments(time_format, texts))


def _formats(texts: Sequence[str]) -> Iterator[str]:
    yield from FORMATS
    offset = _offset_of(texts)
    for clock in _CLOCKS:
        for date in _DATES:
            yield f"{date} {clock}{offset}"
            yield f"{date}, {clock}{offset}"


def _offset_of(texts: Sequence[str]) -> str:
    """With what a pattern ends that reads the end of most of these texts: UTC by its name, an offset, or nothing."""
    found = [each for text in texts if (each := _OFFSET.search(text))]
    if len(found) * 2 <= len(texts):
        return ""
    return f"{' ' if found[0][1] else ''}{'%Z' if found[0][2] else '%z'}"


def _moments(time_format: str, texts: Sequence[str]) -> list[Moments]:
    """Empty ones for what the format does not read."""
    read = time_reader(time_format, None)

    def moments(text: str) -> Moments:
        try:
            return read(text)
        except ValueError:
            return ()

    return [moments(text) for text in texts]


def _count(moments: Sequence[Moments]) -> int:
    return sum(map(bool, moments))


def _is_otherwise(moments: Sequence[Moments], best: Sequence[Moments]) -> bool:
    return any(one and other and one != other for one, other in zip(moments, best, strict=True))


def _reads_more(moments: Sequence[Moments], best: Sequence[Moments]) -> bool:
    return any(one and not other for one, other in zip(moments, best, strict=True))
