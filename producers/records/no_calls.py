"""Rows of reports that are no calls: titles, totals and headers that are repeated on every page. Pure.

Only rows that cannot be counted are asked: so no call is ever left out for what it looks like.
"""

import re
from collections.abc import Callable, Sequence

from producers.records.cell_text import TIME
from producers.records.csv_rows import Row
from producers.records.header import Header, one_line
from producers.records.mapping import TIMES, Mapping
from producers.records.times import NoSuchTimeError

_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|report|page|daily|group|running)[\s-]*)?"
    r"(?:totals?|totale[ns]?|totaux|totaal|sum(?:ma|me|mary)?|average|avg|mean|count"
    r"|gesamt\w*|insgesamt|zwischensumme|endsumme|durchschnitt|mittelwert|anzahl"
    r"|moyenne|somme|media|média|suma|soma|promedio|gemiddelde?)\b",
    re.IGNORECASE,
)
_OTHER_DELIMITERS = ";\t,|"


class NoCalls:
    """Knows the rows of one file that are no calls."""

    def __init__(self, header: Header, mapping: Mapping) -> None:
        self._names = _told(header.names)
        self._width = len(header.names)
        self._delimiter = mapping.delimiter
        self._times: list[Callable[[Sequence[str]], str]] = [header.getter(name) for name in TIMES]
        self._arrived_at = header.getter("arrived_at")
        self._read_arrival = mapping.read_time("arrived_at")
        self._outcome, self._words = header.getter("outcome"), mapping.outcome_words()
        self._queues = header.places.get("queue", ())
        self._ids = header.places.get("leg_id", ())

    def has(self, row: Row) -> bool:
        """Whether a row that was refused is no call."""
        cells = row.cells
        if cells is None:
            return False
        told = [place for place, cell in enumerate(cells) if cell]
        if any(self._names) and _told(cells) == self._names:
            return True
        is_whole = len(cells) == self._width
        if is_whole and self.has_arrival(cells):
            return False
        if not any(self._names) and is_whole and self._is_header(cells):
            return True
        if len(told) == 1:
            return self._is_title(row, cells, told[0])
        if not is_whole:
            return self._is_total(cells, told) and not any(map(TIME.fullmatch, cells))
        if self._is_total(cells, told):
            return not (self._is_known(cells) and self._arrived_at(cells))
        has_queue = not self._queues or any(cells[place] for place in self._queues)
        has_times = any(time(cells) for time in self._times)
        return not (has_queue or has_times or self._is_known(cells))

    def has_arrival(self, cells: Sequence[str]) -> bool:
        """Whether the arrival can be read, were it doubtful: then the row is a call, whatever else is wrong."""
        text = self._arrived_at(cells)
        try:
            return bool(text) and bool(self._read_arrival(text))
        except NoSuchTimeError:
            return True
        except ValueError:
            return False

    def _is_header(self, cells: Sequence[str]) -> bool:
        """In a file read by numbers: names stand where times and outcomes are."""
        arrived_at = self._arrived_at(cells)
        has_digit = any(map(str.isdigit, arrived_at))
        return bool(arrived_at) and not has_digit and not self._is_known(cells)

    def _is_title(self, row: Row, cells: Sequence[str], place: int) -> bool:
        """A lone text, and not the id of a call of which nothing else was written."""
        text = cells[place]
        if len(cells) == 1 < self._width:
            others = (sign for sign in _OTHER_DELIMITERS if sign != self._delimiter)
            return all(row.text.count(sign) < self._width - 1 for sign in others)
        is_id = place in self._ids and " " not in text and not _TOTAL.match(text)
        return not is_id and self._width > 1

    def _is_total(self, cells: Sequence[str], told: Sequence[int]) -> bool:
        """A queue may be called Total Care: in its cell, and behind the first one, only the bare word counts."""
        return any(
            _TOTAL.match(cells[place])
            if number == 0 and place not in self._queues
            else _TOTAL.fullmatch(cells[place])
            for number, place in enumerate(told[:2])
        )

    def _is_known(self, cells: Sequence[str]) -> bool:
        word = self._outcome(cells)
        return bool(word) and " ".join(word.split()).casefold() in self._words


def _told(cells: Sequence[str]) -> tuple[str, ...]:
    """In small letters and without the empty cells at the end, which a repeated header may lack."""
    told = [one_line(cell).casefold() for cell in cells]
    while told and not told[-1]:
        told.pop()
    return tuple(told)
