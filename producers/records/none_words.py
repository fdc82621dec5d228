"""Cells that say "none": platforms write 0, NULL, N/A or a date of zeros where nothing happened. Pure.

By default only what can have no other meaning in its column; a mapping names more (`none = ["nie"]`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

IsNone = Callable[[str], bool]


class NoneWords(NamedTuple):
    """Words in small letters, and with which characters they begin: looked at before anything else, as this is asked of
    every cell of every row.
    """

    first: frozenset[str]
    words: frozenset[str]

    def has(self, text: str) -> bool:
        return text[:1] in self.first and text.casefold() in self.words


_WORDS = frozenset({
    "", "null", "(null)", "<null>", "\\n", "n/a", "#n/a", "-", "--", "–", "—",
})  # fmt: skip
# In a column of times or numbers these are nothing else either; in one of texts they may be a name.
_NO_FIGURES = frozenset({"na", "nan", "nat", "nil", "none", "undefined"})
_ZEROS = re.compile(r"[0\s:./,TZ+-]*0[0\s:./,TZ+-]*")
# Day zero of programs and databases: no call was taken then, and it is no mistake of the unit either.
_DAY_ZERO = re.compile(
    r"(?:(?:0001-01-01|1753-01-01|1899-12-30|1900-01-01|1970-01-01"
    r"|01([./-])01\1(?:0001|1753|1900|1970))"
    r"(?:[T ]+(?:00?:00(?::00(?:[.,]0+)?)?|12:00(?::00)? ?[Aa][Mm]))?|9999-12-31.*)"
    r"(?: ?(?:Z|UTC|\+00:?00))?",
    re.ASCII,
)
_FEWEST_DIGITS = 10  # of a date with a clock in one cell


def none_in_texts(more: Iterable[str] = ()) -> NoneWords:
    return _led_by_first(_WORDS | _bare(more))


def none_in_figures(more: Iterable[str] = ()) -> NoneWords:
    return _led_by_first(_WORDS | _NO_FIGURES | _bare(more))


def is_none_in_texts(more: Iterable[str] = ()) -> IsNone:
    """Whether a cell of names or ids is empty; `more` are the mapping's own words."""
    return none_in_texts(more).has


def is_none_in_figures(more: Iterable[str] = ()) -> IsNone:
    """Whether a cell of durations or numbers is empty. 0 is a duration."""
    return none_in_figures(more).has


def is_none_in_times(more: Iterable[str] = ()) -> IsNone:
    """Whether a time is empty: 0 and the day zero of a program are no times of calls."""
    is_word = is_none_in_figures(more)

    def is_none(text: str) -> bool:
        if is_word(text):
            return True
        if text.startswith(
            "20"
        ):  # nearly every time of a call: a pattern would cost more than reading it
            return False
        return bool(_ZEROS.fullmatch(text) or _DAY_ZERO.fullmatch(text))

    return is_none


def _led_by_first(words: frozenset[str]) -> NoneWords:
    first = {word[:1] for word in words} | {word[:1].upper() for word in words}
    return NoneWords(frozenset(first), words)


def joined_time(parts: Sequence[str], is_word: IsNone) -> str:
    """The time that stands in several cells; empty if its date or its clock is.

    Rule: otherwise the lone date of an unanswered call would be refused, or read as midnight.
    """
    told = ["" if is_word(part) else part for part in parts]
    first, rest = told[0], " ".join(part for part in told[1:] if part)
    if not first or not (rest or _is_whole(first)):
        return ""
    return f"{first} {rest}".strip()


def _is_whole(text: str) -> bool:
    return ":" in text and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS


def _bare(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words)
