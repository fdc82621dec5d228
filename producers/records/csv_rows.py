"""Lines to rows of cells. A row with an open quote is refused alone; the rows after it are read."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence

from msgspec import Struct

LONGEST_ROW_LINES = 50  # a quoted cell may hold line breaks, but not the rest of the file
LONGEST_HEADER_LINES = 30
_OPEN_CELL = re.compile(r'(?:^|[;,\t|])"[^"]*$')
_CLOSED_CELL = re.compile(r'"\s*(?:[;,\t|]|$)')
_LONGEST_CELL = csv.field_size_limit()


class Row(Struct, frozen=True):
    """`cells` is None if the row cannot be split, `problem` why; `line` is the number of its first line."""

    line: int
    text: str
    cells: tuple[str, ...] | None
    problem: str = "the row is no CSV (an open quote?)"


def whole_lines(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """(first line, last line, text) of the lines above and at a header: its names may hold line breaks, in quotes."""
    taken = 0
    while taken < len(lines):
        number, text = lines[taken]
        last = taken
        if _OPEN_CELL.search(text):
            for until in range(taken + 1, min(taken + LONGEST_HEADER_LINES, len(lines))):
                joined = "\n".join(line for _, line in lines[taken : until + 1])
                if joined.count('"') % 2 == 0:
                    if _CLOSED_CELL.search(lines[until][1]):
                        text, last = joined, until
                    break
        yield number, lines[last][0], text
        taken = last + 1


def split(text: str, delimiter: str) -> tuple[str, ...] | None:
    """The cells of one row; None if it is not valid CSV."""
    if _is_plain(text):
        return tuple(map(str.strip, text.split(delimiter)))
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(map(str.strip, rows[0])) if len(rows) == 1 else ()


def _is_plain(text: str) -> bool:
    """Whether the module `csv` would only cut the row at its delimiters: a third of what it costs for a row alone."""
    return (
        0 < len(text) < _LONGEST_CELL and '"' not in text and "\n" not in text and "\r" not in text
    )


def fitted(cells: tuple[str, ...], names: Sequence[str]) -> tuple[str, ...] | None:
    """As many cells as the header has names; None if that takes a guess.

    Only empty cells and columns without a name may be too many or too few: programs end the header with the
    delimiter and the rows without, or the other way round.
    """
    width = len(names)
    if len(cells) >= width:
        return None if any(cells[width:]) else cells[:width]
    return (
        None if any(names[len(cells) :]) or not any(names) else cells + ("",) * (width - len(cells))
    )


def rows(lines: Iterator[tuple[int, str]], delimiter: str, columns: int) -> Iterator[Row]:
    """The rows without empty lines. Lines are joined to one row only if it then has `columns` cells."""
    ahead: deque[tuple[int, str]] = deque()
    while True:
        numbered = ahead.popleft() if ahead else next(lines, None)
        if numbered is None:
            return
        number, text = numbered
        if not text.strip():
            continue
        cells = split(text, delimiter)
        # An odd quote behind other text, as in 5" pipe, opens no cell: then the row is whole.
        if cells is not None or text.count('"') % 2 == 0:
            yield Row(number, text, cells)
            continue
        joined = _joined(text, ahead, lines, delimiter, columns)
        yield Row(number, text, None) if joined is None else Row(number, *joined)


def _joined(
    text: str,
    ahead: deque[tuple[int, str]],
    lines: Iterator[tuple[int, str]],
    delimiter: str,
    columns: int,
) -> tuple[str, tuple[str, ...]] | None:
    """The row joined with the lines up to its closing quote; None if it has not `columns` cells then."""
    for taken in range(LONGEST_ROW_LINES):
        if taken == len(ahead):
            following = next(lines, None)
            if following is None:
                return None
            ahead.append(following)
        text += "\n" + ahead[taken][1]
        if text.count('"') % 2 == 0:
            try:
                found = list(csv.reader([text], delimiter=delimiter, strict=True))
            except csv.Error:
                return None
            if len(found) != 1 or len(found[0]) != columns:
                return None
            for _ in range(taken + 1):
                ahead.popleft()
            return text, tuple(cell.strip() for cell in found[0])
    return None
