"""A file of call records: each row is a leg, or is refused with a reason."""

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from producers.contract import FileItem, FinishedFile
from producers.input_file import InputFile
from producers.progress import Progress
from producers.records.csv_rows import Row, fitted
from producers.records.legs import LegReader
from producers.records.mapping import Mapping
from producers.records.no_calls import NoCalls
from producers.records.other_header import below_other, told_header
from producers.records.refused import Refusals
from producers.records.row_error import DoubtfulTimeError, RowError
from producers.records.shapes import table_of
from producers.records.times import has_offset
from schemas.counted import counted
from schemas.privacy import TokenKey

_DIFFERS = {
    "wait_ms": "wait_ms is not arrived_at to leaving by more than 1 s: their wait_ms counts",
    "talk_ms": "talk_ms is not answered_at to ended_at by more than 1 s: their times count",
}
_FEWEST_WAITS = 5  # fewer may be whole minutes by chance
_NO_LEAVING = "their left_at, ended_at and wait_ms are empty or not mapped"


class RecordsFile(FinishedFile):
    """InputFileError if it is damaged, or its header lacks a required column."""

    unit = "rows"

    def __init__(
        self,
        file: InputFile,
        source: str,
        key: TokenKey,
        mapping: Mapping | None = None,
        *,
        keep_text: bool = False,
    ) -> None:
        self._mapping = mapping or Mapping()
        self._table = table_of(file, self._mapping)
        super().__init__(self._table.file, source, key, is_checked=True)
        self._tried = self.file.encoding if self.file.encoding != file.encoding else ""
        self.time_zone = self._mapping.time_zone or "UTC"
        self._header = self._table.found.header
        self._refusals = Refusals(self._header, self._mapping, key, keep_text=keep_text)
        self.left_out = 0  # number of rows that the mapping skips
        self.no_calls = 0  # titles, totals, repeated headers
        self.unknown_waits = 0  # abandons of which no column tells when
        self.placed = self.doubtful = 0  # rows in the hour that came twice, or never
        self.over_midnight = 0  # rows with a time on the day after their only date
        self.differing: Counter[str] = Counter()
        self.first_alike = 0  # the first row without an id that says the same as one before it
        self.said_otherwise = self.first_otherwise = 0  # rows that say of one before something else
        self.cut_by_spreadsheet = self.not_inbound = 0
        self.waits_in_minutes = 0  # if all waits that are taken from times are whole minutes
        self.shortened = ""  # what the last cell is, if the file may have been cut off within it
        self.read_as_utc = self.made_ids = self.is_bare = False

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        """Legs and refusals in the order of the rows."""
        names = self._header.names
        utc = not self._mapping.time_zone and not self._mapping.has_own_offset()
        arrived_at = self._header.getter("arrived_at")
        reader = LegReader(self._header, self._mapping, self.key, self.source)
        no_calls = NoCalls(self._header, self._mapping)
        self.left_out, self.read_as_utc, self.made_ids = 0, False, reader.makes_ids
        self.placed, self.doubtful, self.no_calls = 0, 0, self._table.found.above
        self.unknown_waits = self.first_alike = self.first_otherwise = 0
        self.shortened, row, told, other = "", None, None, 0
        width, skips = len(names), bool(self._header.skips)
        skips_headers = any(names[place] in values for place, values in self._header.skips)
        for row in self._table.rows(progress):
            cells = told = row.cells  # `told`: before it is fitted
            if cells is None or len(cells) != width:
                row = _fitted(row, names)  # noqa: PLW2901 - the row as it is read
                cells = row.cells
            if cells is not None and not any(cells):
                continue
            try:
                if cells is None or len(cells) != width or other:
                    raise _no_row(row, width, other)
                if skips and self._header.is_skipped(cells):
                    self.left_out += 1
                    if skips_headers and told_header(cells, self._header) == "other":
                        other = row.line
                    continue
                leg = reader.read(cells, now)
            except RowError as error:
                second = told_header(cells or (), self._header)
                if second:
                    other = row.line if second == "other" else 0
                if second or no_calls.has(row):
                    self.no_calls += 1
                    continue
                self.doubtful += isinstance(error, DoubtfulTimeError)
                yield self._refusals.refused(row, str(error))
                continue
            self.position = row.line
            if leg.told_alike and not self.first_alike:
                self.first_alike = row.line
            if reader.said_otherwise and not self.first_otherwise:
                self.first_otherwise = row.line
            if utc and not has_offset(arrived_at(cells)):
                self.read_as_utc = True
            yield leg
        self._take_counts(reader)
        self.is_bare = row is None
        if row is not None and row.line == self.position and self._table.may_end_within_a_row():
            self.shortened = self._last_cell(row, len(told or ()))

    def _take_counts(self, reader: LegReader) -> None:
        self.placed, self.unknown_waits = reader.placed, reader.unknown_waits
        self.over_midnight, self.differing = reader.over_midnight, reader.differing
        self.said_otherwise, self.not_inbound = reader.said_otherwise, reader.not_inbound
        self.cut_by_spreadsheet = reader.shortened
        are_whole = reader.whole_minutes == reader.waits_by_times >= _FEWEST_WAITS
        self.waits_in_minutes = reader.waits_by_times if are_whole else 0

    def _last_cell(self, row: Row, cells: int) -> str:
        """What the last cell of the file is to us; empty if it is not read, or its closing quote stands behind it. `cells`: of
        the row as it stands there, which may be fewer than the header has: the header may end with a delimiter.
        """
        last = min(cells, len(self._header.names)) - 1
        read = [ours for ours, places in self._header.places.items() if last in places]
        return "" if not read or row.text.rstrip().endswith('"') else self._header.label(read[0])

    def offers_note(self) -> str:
        """What is asked where rows agree in all that tells calls apart, and not in the rest; empty if none do."""
        if not self.said_otherwise:
            return ""
        return (
            f"{counted(self.said_otherwise, 'rows')} with queue, arrival, caller and contact of one before, but other words, first line"
            f" {self.first_otherwise}: offers of one call to several agents? Each is counted as a call"
        )

    def minutes_note(self) -> str:
        """What is said of times without seconds; empty if they have some, or the file has waits of its own."""
        if not self.waits_in_minutes:
            return ""
        return (
            f"{counted(self.waits_in_minutes, 'waits')} of times without seconds: whole minutes, each up to a minute wrong; export with"
            " seconds, or name wait_ms"
        )

    def notes(self) -> tuple[str, ...]:
        notes: tuple[str, ...] = ()
        if self._tried:
            notes += (f"read as {self._tried}",)
        if self.is_bare:
            notes += ("0 rows below the header",)
        notes += self._table.notes()
        if self.left_out:
            notes += (f"{counted(self.left_out, 'rows')} skipped by the mapping",)
        if self.no_calls:
            notes += (
                f"{counted(self.no_calls, 'lines')} left out that are no calls (titles, totals, repeated headers)",
            )
        if self._header.unread:
            notes += (f"not read, as the header has them twice: {', '.join(self._header.unread)}",)
        if self.read_as_utc:
            notes += ("times without an offset were read as UTC",)
        notes += self._notes_of_times()
        if self.shortened:
            cut = f"if the file was cut off there, its {self.shortened} is read shortened"
            notes += (f"1 row without a line end, line {self.position}: {cut}",)
        notes += self._notes_of_words()
        notes += tuple(filter(None, (self.minutes_note(), self.offers_note())))
        if self.made_ids:
            alike = f"; line {self.first_alike} says the same as one before it"
            made = "leg ids made from queue, arrival and caller"
            notes += (made + (alike if self.first_alike else ""),)
        return notes

    def _notes_of_times(self) -> tuple[str, ...]:
        told = (
            (self.placed, "of the hour that came twice placed by their other times"),
            (self.doubtful, "doubtful: refused, their time was on the clock twice or never"),
            (
                self.over_midnight,
                "over midnight: clocks before that of the arrival are of the next day",
            ),
        )
        return tuple(f"{counted(n, 'rows')} {what}" for n, what in told if n)

    def _notes_of_words(self) -> tuple[str, ...]:
        told = (
            *((n, f"whose {_DIFFERS[name]}") for name, n in self.differing.items()),
            (self.not_inbound, "outbound or internal: they count nowhere"),
            (
                self.cut_by_spreadsheet,
                "whose caller or contact a spreadsheet has shortened: they name nobody",
            ),
        )
        notes = tuple(f"{counted(n, 'rows')} {what}" for n, what in told if n)
        if not self.unknown_waits:
            return notes
        return (
            *notes,
            f"{counted(self.unknown_waits, 'abandons')} with an unknown wait: {_NO_LEAVING}",
        )


def _fitted(row: Row, names: tuple[str, ...]) -> Row:
    if row.cells is None or len(row.cells) == len(names):
        return row
    cells = fitted(row.cells, names)
    return row if cells is None else replace(row, cells=cells)


def _no_row(row: Row, width: int, other: int) -> RowError:
    """Why a row has no cells, or not as many as the header; or stands below another header, in line `other`."""
    if row.cells is None:
        return RowError(row.problem)
    if other:
        return RowError(below_other(other))
    return RowError(f"expected {width} cells, found {len(row.cells)}")
