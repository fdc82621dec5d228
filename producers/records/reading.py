"""A file of call records as a stream of legs; what is no leg goes to whoever takes refusals."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from producers.records.csv_rows import Row, rows, split
from producers.records.header import Header, HeaderError, read_header
from producers.records.legs import LegReader, RowError
from producers.records.mapping import Mapping
from producers.records.refused import Refusals
from producers.records.times import has_offset
from schemas.calls import FinishedLeg, Queued
from schemas.privacy import TokenKey
from schemas.quarantine import Quarantined


class Tally(Struct):
    """What became of the rows of one file."""

    legs: int = 0
    open_legs: int = 0
    left_out: int = 0
    refused: int = 0
    first_refusal: str = ""
    read_as_utc: bool = False
    made_ids: bool = False  # the file has none


class RecordsFile:
    """A checked file: `legs` reads it from its beginning. InputFileError when it is no such file."""

    def __init__(self, file: InputFile, mapping: Mapping, key: TokenKey, source: str) -> None:
        self.file, self._mapping = file, mapping
        file.check()
        self._header = _header(file, mapping)
        self._key, self._source = key, source
        self._refusals = Refusals(self._header, mapping, key, file.name, source)

    def legs(
        self,
        now: int,
        tally: Tally,
        refuse: Callable[[Quarantined], None],
        progress: Progress,
    ) -> Iterator[FinishedLeg | Queued]:
        """The legs in the order of the rows; `tally` counts, `refuse` takes the bad rows."""
        lines = self.file.lines(progress)
        width = len(self._header.names)
        utc = self._mapping.time_format == "iso" and not self._mapping.time_zone
        arrived_at = self._header.getter("arrived_at")
        reader = LegReader(self._header, self._mapping, self._key, self._source)
        tally.made_ids = reader.makes_ids
        past_header = False
        for row in rows(lines, self._mapping.delimiter, width):
            if not past_header:
                past_header = True
                continue
            try:
                cells = _cells(row, width)
                if self._header.is_skipped(cells):
                    tally.left_out += 1
                    continue
                leg = reader.read(cells, now)
            except RowError as error:
                tally.refused += 1
                tally.first_refusal = tally.first_refusal or f"line {row.line}: {error}"
                refuse(self._refusals.record(row, str(error), now))
                continue
            if utc and not has_offset(arrived_at(cells)):
                tally.read_as_utc = True
            if isinstance(leg, FinishedLeg):
                tally.legs += 1
            else:
                tally.open_legs += 1
            yield leg


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
