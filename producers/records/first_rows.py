"""The begin of a file of call records as it is before anybody knows what its columns mean."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from producers.encodings import found_encoding
from producers.input_file import InputFile
from producers.progress import silent
from producers.records.csv_rows import rows, split
from producers.records.guess import delimiter_of, header_of
from producers.records.header_line import MOST_LINES_ABOVE
from producers.records.sample import sample_of
from producers.records.shapes import is_json_lines, is_workbook

_MOST_ROWS = 200_000  # enough to know words and formats


class FirstRows(Struct, frozen=True):
    """`rows` have as many cells as there are `names`."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    rows: list[tuple[str, ...]]


def first_rows(
    file: InputFile, is_known_header: Callable[[Sequence[str]], bool] = lambda _: False
) -> FirstRows:
    """The header and the rows below it; InputFileError if the file cannot be read in any of the encodings.

    The header is the first of 50 lines that `is_known_header` knows, otherwise the one with most names of ours.
    """
    if is_workbook(file) or is_json_lines(text := found_encoding(file)):
        sample = sample_of(file)
        return FirstRows(sample.encoding, sample.delimiter, sample.names, sample.rows)
    above = [(n, line) for n, line in islice(text.lines(silent()), MOST_LINES_ABOVE)]
    told = [(n, line) for n, line in above if line.strip()]
    if not told:
        return FirstRows(text.encoding or "utf-8", ",", (), [])
    known = next(
        (
            place
            for place, (_, line) in enumerate(told)
            if is_known_header(split(line, delimiter_of(line)) or ())
        ),
        None,
    )
    number, header = told[header_of([line for _, line in told]) if known is None else known]
    delimiter = delimiter_of(header)
    names = split(header, delimiter) or ()
    cells = islice(_cells(text, number, delimiter, len(names)), _MOST_ROWS)
    return FirstRows(text.encoding or "utf-8", delimiter, names, list(cells))


def _cells(text: InputFile, number: int, delimiter: str, width: int) -> Iterator[tuple[str, ...]]:
    below = islice(text.lines(silent()), number, None)
    for row in rows(below, delimiter, width):
        if row.cells is not None and len(row.cells) == width and any(row.cells):
            yield row.cells
