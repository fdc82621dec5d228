"""Call records as CSV, in any encoding."""

from collections.abc import Iterator
from itertools import chain, islice

from producers.input_file import InputFile
from producers.progress import Progress, silent
from producers.records.csv_rows import Row, rows, whole_lines
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
        above = [
            line
            for first, last, _ in whole_lines(until)
            if last in self.found.calls_above
            for line in until[first - 1 : last]
        ]
        return rows(chain(above, lines), self._delimiter, len(self.found.header.names))

    def may_end_within_a_row(self) -> bool:
        return not self.file.ends_a_line()
