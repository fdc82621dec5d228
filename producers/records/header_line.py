"""Finds the header of a file of call records: exports have titles, dates and empty lines above it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from msgspec import Struct

from producers.records.cell_text import is_figure
from producers.records.csv_rows import split, whole_lines
from producers.records.header import Header, HeaderError, read_header
from producers.records.mapping import REQUIRED, Mapping
from producers.records.no_calls import NoCalls

MOST_LINES_ABOVE = 50


class HeaderLine(Struct, frozen=True):
    """`line`: the number of the header's last line, 0 if the file has none; `above`: how many above it are titles.

    `calls_above`: numbers of the last lines of rows above it that are calls: of pages that were joined, the first lacks its header.
    """

    header: Header
    line: int
    above: int = 0
    calls_above: frozenset[int] = frozenset()


def find_header(lines: Iterable[tuple[int, str]], mapping: Mapping) -> HeaderLine:
    """The first line that has every column which the mapping needs; HeaderError if none has.

    Without a header, when the mapping has numbers only, rows have as many cells as most of the first.
    """
    return header_among(list(_first_rows(lines, mapping.delimiter)), mapping)


def header_among(
    first: Sequence[tuple[int, tuple[str, ...] | None]], mapping: Mapping
) -> HeaderLine:
    """The same of the first rows with text, as (line number, cells); cells are None if it is no CSV."""
    if mapping.has_no_header():
        return HeaderLine(read_header(("",) * _width(first), mapping), 0)
    nearest: HeaderError | None = None
    nearest_line = 0
    for above, (line, cells) in enumerate(first):
        if cells is None:
            continue
        try:
            header = read_header(cells, mapping)
        except HeaderError as error:
            is_row = nearest is not None and any(map(is_figure, cells))
            if nearest is None or (error.lacks < nearest.lacks and not is_row):
                nearest, nearest_line = error, line
            continue
        calls = _calls(first[:above], header, mapping)
        return HeaderLine(header, line, above - len(calls), calls)
    if nearest is None:
        raise HeaderError("the first line is no CSV header")
    if nearest_line > first[0][0]:
        raise HeaderError(
            f"no header in the first {first[-1][0]} lines; the nearest is line {nearest_line}: {nearest}"
        )
    raise nearest


def _calls(
    above: Sequence[tuple[int, tuple[str, ...] | None]], header: Header, mapping: Mapping
) -> frozenset[int]:
    """Which of the rows above the header have an arrival that can be read, and as many cells as a call needs."""
    width = len(header.names)
    has_arrival = NoCalls(header, mapping).has_arrival
    return frozenset(
        line
        for line, cells in above
        if cells is not None
        and sum(map(bool, cells)) >= len(REQUIRED)
        and has_arrival((*cells, *("",) * width)[:width])
    )


def _first_rows(
    lines: Iterable[tuple[int, str]], delimiter: str
) -> Iterator[tuple[int, tuple[str, ...] | None]]:
    """(last line number, cells) of the first rows that are not empty; cells are None if it is no CSV."""
    first = list(takewhile(lambda each: each[0] <= MOST_LINES_ABOVE, lines))
    for _, line, text in whole_lines(first):
        cells = split(text, delimiter)
        if cells is None or any(cells):
            yield line, cells


def _width(first: Sequence[tuple[int, tuple[str, ...] | None]]) -> int:
    widths = Counter(len(cells) for _, cells in first if cells is not None)
    return widths.most_common(1)[0][0] if widths else 0
