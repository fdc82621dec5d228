"""A file without a header: how it is known, and what can be guessed of its columns. Pure.

Rule 1: the first row is one of calls if a time or a number stands in it where most of the rows below have one.
Rule 2: without names only what the cells say themselves is guessed: the arrival, the outcome, and the queue if one
column alone can be it. Every other column a person gives its number: an answer and an end look alike.
"""

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from msgspec import Struct

from producers.records.cell_text import is_figure, shown
from producers.records.fitting_formats import fitting_formats
from producers.records.guess import MOST_WORDS, Guess, guess_times, guess_words
from producers.records.mapping import REQUIRED
from producers.records.none_words import is_none_in_figures
from producers.records.outcome_words import is_known_word
from schemas.calls import Channel

_LOOKED_AT = 500
_CHANNELS: tuple[str, ...] = get_args(Channel)
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
    # others are remarks
    rows = [row for row in rows if sum(map(bool, row)) >= len(REQUIRED)] or rows
    columns = _columns(rows)
    found = Guess(delimiter, {}, by_number=True, names=tuple(map(_example, columns)))
    arrived_at = _arrival(columns)
    parts = (arrived_at,) if arrived_at is not None else _date_and_clock(rows)
    if parts:
        numbers: list[str | int] = [place + 1 for place in parts]
        found.columns["arrived_at"] = numbers if len(numbers) > 1 else numbers[0]
        guess_times(found, _joined(rows, parts))
    outcome = next((place for place, each in enumerate(columns) if each.says_outcomes), None)
    if outcome is not None:
        found.columns["outcome"] = outcome + 1
        arrived = [row for row in rows if not parts or _is_told(row[parts[-1]])]
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
        _column([row[place] for row in rows if not is_none(row[place])], len(rows))
        for place in range(len(rows[0]))
    ]


def _column(told: list[str], rows: int) -> _Column:
    formats = fitting_formats(told).formats
    words = Counter(told)
    figures = sum(n for word, n in words.items() if _is_told(word))  # of totals
    are_words = len(words) <= MOST_WORDS and figures * 2 < len(told)
    known = sum(n for word, n in words.items() if is_known_word(word))
    says_outcomes = are_words and known * 2 > len(told) - figures
    is_repeated = len(words) < len(told) or len(told) == 1
    is_whole = len(told) * 10 >= rows * 9  # of an agent half may be empty
    is_channel = all(word.casefold() in _CHANNELS for word in words)
    may_be_queue = are_words and is_repeated and is_whole and not (says_outcomes or is_channel)
    return _Column(told, formats[0] if formats else "", says_outcomes, may_be_queue)


def _arrival(columns: Sequence[_Column]) -> int | None:
    """The time that most rows have, the earliest of the first row; a number only if there is nothing else."""
    times = [place for place, each in enumerate(columns) if each.time_format]
    written = [place for place in times if not columns[place].time_format.startswith("epoch")]
    times = written or times
    most = max((len(columns[place].told) for place in times), default=0)
    whole = [place for place in times if len(columns[place].told) == most]
    return min(whole, key=lambda place: (columns[place].told[0], place), default=None)


def _date_and_clock(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The first column that makes times together with the one behind it; empty if none does."""
    for place in range(len(rows[0]) - 1):
        parts = (place, place + 1)
        if fitting_formats(_joined(rows, parts)).formats:
            return parts
    return ()


def _joined(rows: Sequence[Sequence[str]], parts: Sequence[int]) -> list[str]:
    is_none = is_none_in_figures()
    told = [[row[place] for place in parts] for row in rows]
    return [" ".join(cells) for cells in told if not any(map(is_none, cells))]


def _is_told(cell: str) -> bool:
    """A number, a clock or a time, which the name of a column is not."""
    return is_figure(cell) or (":" in cell and sum(map(str.isdigit, cell)) > _CLOCK_PARTS)


def _example(column: _Column) -> str:
    return f"such as {shown(column.told[0])}" if column.told else "empty"
