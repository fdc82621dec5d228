"""The begin of a file of call records, whatever its shape, before anybody knows what its columns mean."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from producers.encodings import found_encoding
from producers.input_file import InputFile, InputFileError
from producers.progress import silent
from producers.records.cell_text import is_figure
from producers.records.csv_rows import fitted, rows, split, whole_lines
from producers.records.guess import delimiter_of, known_header
from producers.records.header import one_line
from producers.records.header_line import MOST_LINES_ABOVE
from producers.records.json_lines import columns_of, rows_of
from producers.records.mapping import REQUIRED
from producers.records.no_header import has_header
from producers.records.shapes import is_json_lines, is_workbook
from producers.records.workbook import sheets_of

MOST_ROWS = 200_000  # enough to know words and formats


class Sample(Struct, frozen=True):
    """Each of `rows` has as many cells as there are names; `encoding` is empty for a workbook.

    Without a header `names` are empty texts, and the first row is one of the rows.
    """

    names: tuple[str, ...]
    rows: list[tuple[str, ...]]
    delimiter: str = ","
    encoding: str = ""

    @property
    def has_header(self) -> bool:
        return not self.names or any(self.names)


def sample_of(
    file: InputFile, is_known_header: Callable[[Sequence[str]], bool] = lambda _: False
) -> Sample:
    """The header and the rows below it; InputFileError, one line, if the file cannot be read.

    The header of a CSV is the first of its first lines that `is_known_header` knows, otherwise the one with
    most names of ours.
    """
    if is_workbook(file):
        return _of_workbook(file)
    text = found_encoding(file)
    encoding = text.encoding or "utf-8"
    if is_json_lines(text):
        names = columns_of(text)
        read = islice(rows_of(text, names, silent()), MOST_ROWS)
        return Sample(names, [row.cells for row in read if row.cells], encoding=encoding)
    return _of_csv(text, encoding, is_known_header)


def _of_csv(
    text: InputFile, encoding: str, is_known_header: Callable[[Sequence[str]], bool]
) -> Sample:
    lines = islice(text.lines(silent()), MOST_LINES_ABOVE)
    told = [(last, line) for _, last, line in whole_lines(list(lines)) if line.strip()]
    if not told:
        return Sample((), [], encoding=encoding)
    known = (each for each in told if is_known_header(_names(each[1])))
    number, header = next(known, None) or told[_header_of([line for _, line in told])]
    delimiter = delimiter_of(header)
    names = _names(header)
    above = [split(line, delimiter) or () for at, line in told if at < number]
    below = islice(text.lines(silent()), number, None)
    whole = (
        cells
        for row in rows(below, delimiter, len(names))
        if row.cells and any(row.cells) and (cells := fitted(row.cells, names))
    )
    read = _rows_above(above, names) + list(islice(whole, MOST_ROWS))
    return _without_header(Sample(names, read, delimiter, encoding))


def _names(line: str) -> tuple[str, ...]:
    return tuple(map(one_line, split(line, delimiter_of(line)) or ()))


def _header_of(lines: Sequence[str]) -> int:
    """The line with names that we know, else the first that has as many cells as most: above it are titles."""
    cells = [split(line, delimiter_of(line)) or () for line in lines]
    place, is_known = known_header(cells)
    if is_known:
        return place
    widths = Counter(len(each) for each in cells if len(each) > 1)
    most = widths.most_common(1)[0][0] if widths else 0
    return next((number for number, each in enumerate(cells) if len(each) == most), 0)


def _rows_above(above: Sequence[tuple[str, ...]], names: Sequence[str]) -> list[tuple[str, ...]]:
    """Calls above the header: of pages that were joined, the first may lack it."""
    whole = (
        row for row in above if sum(map(bool, row)) >= len(REQUIRED) and len(row) <= len(names)
    )
    return [(*row, *("",) * len(names))[: len(names)] for row in whole if any(map(is_figure, row))]


def _without_header(sample: Sample) -> Sample:
    """The same, where the names are a row of calls."""
    if has_header(sample.names, sample.rows):
        return sample
    return replace(sample, names=("",) * len(sample.names), rows=[sample.names, *sample.rows])


def _of_workbook(file: InputFile) -> Sample:
    """Of the first sheet with names that we know, else of the first that is not empty."""
    nearest: Sample | None = None
    for told in sheets_of(file, MOST_ROWS):
        if not told:
            continue
        place, is_known = known_header(told[:MOST_LINES_ABOVE])
        names = tuple(map(one_line, told[place]))
        nothing = ("",) * len(names)
        below = [(*row, *nothing)[: len(names)] for row in told[place + 1 :]]
        sample = Sample(names, _rows_above(told[:place], names) + below)
        if is_known:
            return sample
        nearest = nearest or _without_header(sample)
    if nearest is None:
        raise InputFileError(f"{file.path}: its sheets are empty")
    return nearest
