"""A row that is not a leg: masked, with its line and the reason.

Rule 1: the caller's number becomes its token, wherever it stands.
Rule 2: what is needed to find and mend the row stays: times, ids, queue, agent, the word of the outcome,
and short numbers in the columns of durations and counts.
Rule 3: of everything else, columns without a mapping too, only the shape stays: there stand names,
streets and remarks (`schemas.privacy.mask_text`). With `keep_text` its words stay.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence

from producers.contract import Refused
from producers.records.cell_text import TIME
from producers.records.csv_rows import Row
from producers.records.header import Header
from producers.records.legs import IDS, hides_caller
from producers.records.mapping import TIMES, Mapping
from schemas.privacy import TokenKey, caller_token, mask, mask_text

# What a column of times may hold beside a whole time: a date alone, a time of day alone, a month by its name.
_CLOCK = r"\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d{1,6})?)?( ?[AaPp]\.?[Mm]\.?)?"
_DATE = r"(19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](19|20)?\d\d"
_MONTH = r"([^\W\d]{3,9}\.?[ -]\d{1,2}|\d{1,2}\.?[ -][^\W\d]{3,9}\.?),?[ -](19|20)?\d\d"
_PART_OF_TIME = re.compile(rf"({_DATE}|{_MONTH})([T ,]+{_CLOCK})?|{_CLOCK}")
_WORDS = ("outcome", "channel", "direction")
_NUMBERS = ("wait_ms", "hold_ms", "talk_ms", "missed_offers", "priority")
_LONGEST_WORD = 40


class Refusals:
    """Masks rows of one file; its header tells which cells may be kept."""

    def __init__(
        self, header: Header, mapping: Mapping, key: TokenKey, *, keep_text: bool = False
    ) -> None:
        self._width = len(header.names)
        self._delimiter = mapping.delimiter
        formats = (mapping.time_format, *mapping.time_formats.values())
        self._epochs = any(each.startswith("epoch") for each in formats)
        self._key = key
        self._hide = mask if keep_text else mask_text
        self._callers = header.places.get("caller", ())
        self._caller_of = header.getter("caller")
        self._other_caller = dict(header.otherwise).get("caller")
        self._kept = {
            place for name in (*TIMES, *IDS) for place in header.places.get(name, ())
        } - set(self._callers)
        self._times = {place for name in TIMES for place in header.places.get(name, ())}
        self._words = {place for name in _WORDS for place in header.places.get(name, ())}
        self._numbers = {place for name in _NUMBERS for place in header.places.get(name, ())}

    def refused(self, row: Row, detail: str) -> Refused:
        return Refused(detail, self._masked(row), row.line, is_masked=True, is_detail_masked=True)

    def _masked(self, row: Row) -> str:
        if row.cells is None:
            return self._hide(self._key, row.text)
        if len(row.cells) != self._width:  # which cell belongs to which column is not known
            return self._joined([self._unknown(cell) for cell in row.cells])
        number = self._caller_of(row.cells)
        hide = hides_caller(number, caller_token(self._key, number))
        token = caller_token(self._key, " ".join(row.cells[place] for place in self._callers))
        return self._joined(
            [self._cell(place, cell, token, hide) for place, cell in enumerate(row.cells)]
        )

    def _cell(self, place: int, cell: str, token: str, hide: Callable[[str], str]) -> str:
        if place in self._callers:
            return token
        if place == self._other_caller:
            return caller_token(self._key, cell)
        if place in self._times and not self._is_time(cell):
            return self._unknown(cell)
        if place in self._kept:
            return hide(cell)
        if self._stays(place, cell):
            masked = mask(self._key, cell)
            return hide(cell) if masked == cell else masked
        return self._unknown(hide(cell))

    def _stays(self, place: int, cell: str) -> bool:
        """Whether the cell is a word or a figure of the kind that its column holds."""
        if place in self._words:
            return len(cell) <= _LONGEST_WORD
        return place in self._numbers and not any(map(str.isalpha, cell))

    def _is_time(self, cell: str) -> bool:
        if self._epochs and cell.isdigit():
            return True
        return bool(TIME.fullmatch(cell) or _PART_OF_TIME.fullmatch(cell))

    def _unknown(self, cell: str) -> str:
        return cell if TIME.fullmatch(cell) else self._hide(self._key, cell)

    def _joined(self, cells: Sequence[str]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return text.getvalue()
