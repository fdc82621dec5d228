"""Call records as CSV, in any encoding."""

from collections.abc import Iterator
from itertools import chain, islice

from producers.input_file import InputFile
from producers.progress import Progress, silent
from producers.records.csv_rows import Row, rows
from producers.records.header_line import find_header
from producers.records.mapping import Mapping
from producers.records.table import Table


class CsvTable(Table):
    """`file` was checked."""

    def __init__(self, file: InputFile, mapping: Mapping) -> None:
        self.file, self._delimiter = file, mapping.delimiter
        self.found = find_header(file.lines(silent()), mapping)

    def rows(self, progress: Progress) -> Iterator[Row]:
        lines = self.file.lines(progress)
        until = list(islice(lines, self.found.line))
        above = [each for each in until if each[0] in self.found.calls_above]
        return rows(chain(above, lines), self._delimiter, len(self.found.header.names))

    def may_be_cut(self) -> bool:
        """Many programs write no line end after the last row, so that alone is no reason to refuse it. A cell in quotes
        shows its end, and what stands in a column that is not read cannot be read too short.
        """
        header = self.found.header
        last = len(header.names) - 1
        is_read = any(last in places for places in header.places.values())
        return is_read and self.file.without_line_end() not in ("", '"')
