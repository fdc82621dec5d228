"""The text of a cell as a message may show it: short, in one line, without a caller's number."""

import re

from producers.records.month_names import with_short_months
from schemas.printable import printable
from schemas.privacy import DIGIT_RUN

LONGEST_SHOWN = 40
# Date and time of day, valid or not: a telephone number does not look like this. It may look like a clock with points
# (01.42.68 53.00), so that needs a year of four digits beside it.
TIME = re.compile(
    r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
    r"|(?:(?:19|20)\d\d[-/.][01]?\d[-/.][0-3]?\d|[0-3]?\d[-/.][0-3]?\d[-/.](?:19|20)\d\d)[T ]+\d{1,2}(?:\.\d{2}){1,2})"
    r" ?(Z|[+-]\d{2}:?\d{2}|[AaPp][Mm])?",
    re.ASCII,
)
# The fraction of a day, a number that a spreadsheet shortened, a clock, a date: no telephone number either.
_FIGURE = re.compile(
    r"0[.,]\d{1,30}|\d[.,]\d{1,15}[eE][+-]?\d{1,2}|\d{1,4}(?::\d{2}){1,2}"
    r"|(?:19|20)\d\d[-/.][01]?\d[-/.][0-3]?\d|[0-3]?\d[-/.][0-3]?\d[-/.](?:19|20)\d\d",
    re.ASCII,
)
_SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_WORD = re.compile(r"[^\W\d_]+")
# Words of times and durations, and what platforms write for "none": short and in small letters, or AM, UTC …
_NO_NAME = re.compile(
    r"[a-zà-ÿ]{1,9}|[A-Z]{1,4}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)
_MOST_WORDS = 4


def shown(text: str) -> str:
    """A cell of times or figures in quotes; a number of six digits or more only by its length.

    Of words that may be a name or a street only the shape: a mapping may name the wrong column, and what
    a refusal quotes is kept for long.
    """
    if text.isdigit() and DIGIT_RUN.search(text):
        return f"a number of {len(text)} digits"
    if TIME.fullmatch(text) or _FIGURE.fullmatch(text):
        return _quoted(text)
    words = _WORD.findall(with_short_months(text))
    if len(words) > _MOST_WORDS or not all(map(_NO_NAME.fullmatch, words)):
        text = "".join("x" if sign.isalpha() else "0" if sign.isdigit() else sign for sign in text)
        return _quoted(text)
    return _quoted(DIGIT_RUN.sub("…", text))


def shown_word(text: str) -> str:
    """A cell of words that a platform chooses from a list, such as outcomes, in quotes."""
    return _quoted(DIGIT_RUN.sub("…", text))


def _quoted(text: str) -> str:
    text = printable(text)
    return f'"{text[:LONGEST_SHOWN]}…"' if len(text) > LONGEST_SHOWN else f'"{text}"'


def is_figure(text: str) -> bool:
    """Whether the cell is a number or a time: the name of a column is neither."""
    return text.isdecimal() or bool(TIME.fullmatch(text) or _FIGURE.fullmatch(text))


def is_shortened(text: str) -> bool:
    """Whether it is an id or a number of which a spreadsheet has cut the digits: 2.7115E+10. Many have the same then."""
    return _SHORTENED.fullmatch(text) is not None


def without_numbers(text: str) -> str:
    """A text without numbers of six digits or more: a row that was taken for a header holds callers'."""
    return printable(DIGIT_RUN.sub("…", text))
