"""A row that is not a leg: masked, with its line and the reason."""

import csv
import io
from collections.abc import Callable, Sequence

from producers.contract import Refused
from producers.records.cell_text import TIME
from producers.records.csv_rows import Row
from producers.records.header import Header
from producers.records.legs import IDS, hides_caller
from producers.records.mapping import TIMES, Mapping
from schemas.privacy import TokenKey, caller_token, mask


class Refusals:
    """Masks rows of one file; its header tells which cells may be kept."""

    def __init__(self, header: Header, mapping: Mapping, key: TokenKey) -> None:
        self._width = len(header.names)
        self._delimiter = mapping.delimiter
        self._epochs = mapping.time_format.startswith("epoch")
        self._key = key
        self._callers = header.places.get("caller", ())
        self._kept = {
            place for name in (*TIMES, *IDS) for place in header.places.get(name, ())
        } - set(self._callers)
        self._times = {place for name in TIMES for place in header.places.get(name, ())}

    def refused(self, row: Row, detail: str) -> Refused:
        return Refused(detail, self._masked(row), row.line, is_masked=True, is_detail_masked=True)

    def _masked(self, row: Row) -> str:
        if row.cells is None:
            return mask(self._key, row.text)
        if len(row.cells) != self._width:  # which cell belongs to which column is not known
            return self._joined([self._unknown(cell) for cell in row.cells])
        number = " ".join(row.cells[place] for place in self._callers)
        token = caller_token(self._key, number)
        hide = hides_caller(number, token)
        return self._joined(
            [self._cell(place, cell, token, hide) for place, cell in enumerate(row.cells)]
        )

    def _cell(self, place: int, cell: str, token: str, hide: Callable[[str], str]) -> str:
        if place in self._callers:
            return token
        if place in self._times and not TIME.fullmatch(cell) and not self._is_epoch(cell):
            return self._unknown(cell)
        if place in self._kept:
            return hide(cell)
        masked = self._unknown(cell)
        return hide(cell) if masked == cell else masked

    def _is_epoch(self, cell: str) -> bool:
        return self._epochs and cell.isdigit()

    def _unknown(self, cell: str) -> str:
        return cell if TIME.fullmatch(cell) else mask(self._key, cell)

    def _joined(self, cells: Sequence[str]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return text.getvalue()
