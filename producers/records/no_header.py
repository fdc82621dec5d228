"""A file without a header: how it is known, and what can be guessed of its columns. Pure.

Rule 1: the first row is one of calls if a time or a number stands in it where most of the rows below have one.
Rule 2: without names only what the cells say themselves is guessed: the arrival, the outcome, and the queue if one
column alone can be it. Every other column a person gives its number: an answer and an end look alike.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from producers.records.cell_text import is_figure, shown
from producers.records.fitting_formats import fitting_formats
from producers.records.guess import MOST_WORDS, Guess, guess_times, guess_words, is_known_word
from producers.records.mapping import REQUIRED
from producers.records.none_words import is_none_in_figures

_LOOKED_AT = 500
_CLOCK_PARTS = 2  # of digits, at least: 9:05


def has_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds names; `below` are rows of the same width."""
    for place, cell in enumerate(first):
        if not _is_told(cell):
            continue
        told = [row[place] for row in below[:_LOOKED_AT] if row[place]]
        if sum(map(_is_told, told)) * 2 > len(told) or (not below and ":" in cell):
            return False
    return True


def guess_by_number(rows: Sequence[Sequence[str]], delimiter: str) -> Guess:
    """Of at least one row; each has as many cells as the first."""
    columns = _columns(rows)
    found = Guess(delimiter, {}, by_number=True, names=tuple(map(_example, columns)))
    arrived_at = _arrival(columns)
    if arrived_at is not None:
        found.columns["arrived_at"] = arrived_at + 1
        guess_times(found, columns[arrived_at].told)
    outcome = next((place for place, each in enumerate(columns) if each.says_outcomes), None)
    if outcome is not None:
        found.columns["outcome"] = outcome + 1
        arrived = [row for row in rows if arrived_at is None or _is_told(row[arrived_at])]
        guess_words(found, Counter(row[outcome] for row in arrived))
    queues = [place for place, each in enumerate(columns) if each.may_be_queue and place != outcome]
    if len(queues) == 1:
        found.columns["queue"] = queues[0] + 1
    found.missing += tuple(ours for ours in REQUIRED if ours not in found.columns)
    return found


class _Column(Struct, frozen=True):
    """What the cells of a column are; `told` without those that say nothing."""

    told: list[str]
    time_format: str  # empty if these are no times
    says_outcomes: bool
    may_be_queue: bool


def _columns(rows: Sequence[Sequence[str]]) -> list[_Column]:
    is_none = is_none_in_figures()
    return [
        _column([row[place] for row in rows if not is_none(row[place])])
        for place in range(len(rows[0]))
    ]


def _column(told: list[str]) -> _Column:
    formats = fitting_formats(told).formats
    words = Counter(told)
    figures = sum(n for word, n in words.items() if _is_told(word))  # of totals
    are_words = len(words) <= MOST_WORDS and figures * 2 < len(told)
    known = sum(n for word, n in words.items() if is_known_word(word))
    says_outcomes = are_words and known * 2 > len(told) - figures
    may_be_queue = are_words and not says_outcomes and (len(words) < len(told) or len(told) == 1)
    return _Column(told, formats[0] if formats else "", says_outcomes, may_be_queue)


def _arrival(columns: Sequence[_Column]) -> int | None:
    """The time that most rows have, the earliest of the first row; a number only if there is nothing else."""
    times = [place for place, each in enumerate(columns) if each.time_format]
    written = [place for place in times if not columns[place].time_format.startswith("epoch")]
    times = written or times
    most = max((len(columns[place].told) for place in times), default=0)
    whole = [place for place in times if len(columns[place].told) == most]
    return min(whole, key=lambda place: (columns[place].told[0], place), default=None)


def _is_told(cell: str) -> bool:
    """A number, a clock or a time, which the name of a column is not."""
    return is_figure(cell) or (":" in cell and sum(map(str.isdigit, cell)) > _CLOCK_PARTS)


def _example(column: _Column) -> str:
    return f"such as {shown(column.told[0])}" if column.told else "empty"
