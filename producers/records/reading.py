"""A file of call records: each row is a leg, or is refused with a reason."""

from collections.abc import Iterator

from producers.contract import FileItem, FinishedFile
from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from producers.records.csv_rows import Row, rows, split
from producers.records.header import Header, HeaderError, read_header
from producers.records.legs import LegReader
from producers.records.mapping import Mapping
from producers.records.refused import Refusals
from producers.records.row_error import DoubtfulTimeError, RowError
from producers.records.times import has_offset
from schemas.privacy import TokenKey


class RecordsFile(FinishedFile):
    """InputFileError if it is not text or its header lacks a required column."""

    unit = "rows"

    def __init__(
        self, file: InputFile, source: str, key: TokenKey, mapping: Mapping | None = None
    ) -> None:
        super().__init__(file, source, key)
        self._mapping = mapping or Mapping()
        self.time_zone = self._mapping.time_zone or "UTC"
        self._header = _header(file, self._mapping)
        self._refusals = Refusals(self._header, self._mapping, key)
        self.left_out = 0  # number of rows that the mapping skips
        self.placed = self.doubtful = 0  # rows in the hour that came twice, or never
        self.read_as_utc = self.made_ids = False

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        """Legs and refusals in the order of the rows."""
        lines = self.file.lines(progress)
        width = len(self._header.names)
        utc = not self._mapping.time_zone and not self._mapping.has_own_offset()
        arrived_at = self._header.getter("arrived_at")
        reader = LegReader(self._header, self._mapping, self.key, self.source)
        self.left_out, self.read_as_utc, self.made_ids = 0, False, reader.makes_ids
        self.placed = self.doubtful = 0
        past_header = False
        for row in rows(lines, self._mapping.delimiter, width):
            if not past_header:
                past_header = True
                continue
            try:
                cells = _cells(row, width)
                if self._header.is_skipped(cells):
                    self.left_out += 1
                    continue
                leg = reader.read(cells, now)
            except RowError as error:
                self.doubtful += isinstance(error, DoubtfulTimeError)
                yield self._refusals.refused(row, str(error))
                continue
            if utc and not has_offset(arrived_at(cells)):
                self.read_as_utc = True
            yield leg
        self.placed = reader.placed

    def notes(self) -> tuple[str, ...]:
        notes: tuple[str, ...] = ()
        if self.left_out:
            notes += (f"{self.left_out:,} rows skipped by the mapping",)
        if self.read_as_utc:
            notes += ("times without an offset were read as UTC",)
        if self.placed:
            notes += (
                f"{self.placed:,} rows of the hour that came twice placed by their other times",
            )
        if self.doubtful:
            notes += (
                f"{self.doubtful:,} rows doubtful: refused, their time was on the clock twice or never",
            )
        if self.made_ids:
            notes += ("leg ids made from queue, arrival and caller",)
        return notes


def _cells(row: Row, width: int) -> tuple[str, ...]:
    if row.cells is None:
        raise RowError("the row is no CSV (an open quote?)")
    if len(row.cells) != width:
        raise RowError(f"expected {width} cells, found {len(row.cells)}")
    return row.cells


def _header(file: InputFile, mapping: Mapping) -> Header:
    lines = file.lines(silent())
    for _, text in lines:
        if text.strip():
            cells = split(text, mapping.delimiter)
            if cells is None:
                raise InputFileError(f"{file.path}: the first line is no CSV header")
            try:
                return read_header(cells, mapping)
            except HeaderError as error:
                raise InputFileError(f"{file.path}: {error}") from None
    raise InputFileError(f"{file.path}: the file is empty")
