"""The position of each of our columns in a file, from its header and the mapping."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from producers.records.cell_text import is_figure, without_numbers
from producers.records.mapping import COLUMNS, DURATIONS, NUMBERS, REQUIRED, TIMES, Mapping
from producers.records.none_words import (
    NoneWords,
    is_none_in_figures,
    is_none_in_times,
    joined_time,
    none_in_figures,
    none_in_texts,
)
from schemas.printable import printable

NO_HEADER = "; is there no header? Then give each column that is read its number, such as queue = 2"
_FIGURES = (*DURATIONS, *NUMBERS)
_NO_WORDS = NoneWords(frozenset(), frozenset())
_AS_WRITTEN = frozenset(("outcome", *TIMES))


class HeaderError(Exception):
    """A line is not the header of call records: one line without the file's name.

    `lacks`: how many columns are missing, 0 if it is the header and cannot be used.
    """

    def __init__(self, problem: str, lacks: int = 0) -> None:
        super().__init__(problem)
        self.lacks = lacks


class Header(Struct, frozen=True):
    """`places`: our column -> positions of its cells; `skips`: (position, values) of rows to leave out.

    `names` are empty texts if the file has no header; there are as many as a row has cells.
    """

    names: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    constants: dict[str, str]
    skips: tuple[tuple[int, frozenset[str]], ...]
    none: tuple[str, ...] = ()
    otherwise: tuple[tuple[str, int], ...] = ()  # (our column, position) where its cell is empty
    unread: tuple[
        str, ...
    ] = ()  # columns of ours that the header has twice and the mapping does not name

    def getter(self, ours: str) -> Callable[[Sequence[str]], str]:
        """A function that reads our column from the cells of a row.

        Empty if the file has no such column, or the cell says "none" and none other stands for it. An outcome is as it is
        written: the mapping may give every word a meaning, also to "-".
        """
        read, other = self._getter(ours), dict(self.otherwise).get(ours)
        if other is None:
            return read
        is_none = self._none_words(ours).has
        return lambda cells: read(cells) or ("" if is_none(cells[other]) else cells[other])

    def _getter(self, ours: str) -> Callable[[Sequence[str]], str]:
        places = self.places.get(ours, ())
        constant = self.constants.get(ours, "")
        if not places:
            return lambda _: constant
        if ours == "outcome":
            return lambda cells: " ".join(cells[place] for place in places if cells[place])
        if ours in TIMES:
            return self._time_getter(places)
        is_none = self._none_words(ours).has
        if len(places) == 1:
            place = places[0]
            return lambda cells: "" if is_none(cells[place]) else cells[place]
        return lambda cells: " ".join(cells[place] for place in places if not is_none(cells[place]))

    def lone_cells(self) -> list[tuple[str, int, NoneWords]]:
        """Our columns that are one cell of theirs for which no other stands, its place, and what says "none" there.

        What `getter` does for them costs a call for each cell of each row. Of times nothing says "none": who reads them asks.
        """
        others = dict(self.otherwise)
        return [
            (ours, places[0], _NO_WORDS if ours in _AS_WRITTEN else self._none_words(ours))
            for ours, places in self.places.items()
            if len(places) == 1 and ours not in others
        ]

    def _none_words(self, ours: str) -> NoneWords:
        return (none_in_figures if ours in _FIGURES else none_in_texts)(self.none)

    def _time_getter(self, places: tuple[int, ...]) -> Callable[[Sequence[str]], str]:
        is_word, is_none = is_none_in_figures(self.none), is_none_in_times(self.none)

        def time_of(cells: Sequence[str]) -> str:
            if len(places) == 1:
                text = cells[places[0]]
            else:
                text = joined_time([cells[place] for place in places], is_word)
            return "" if is_none(text) else text

        return time_of

    def label(self, ours: str) -> str:
        """Our column, and what its cells are called in the file where that differs: `outcome (Result)`."""
        places = self.places.get(ours, ())
        theirs = [self.names[place] or f"column {place + 1}" for place in places]
        told = " + ".join(theirs)
        return (
            ours if not theirs or told.casefold() == ours else f"{ours} ({without_numbers(told)})"
        )

    def is_skipped(self, cells: Sequence[str]) -> bool:
        return any(cells[place] in values for place, values in self.skips)


def one_line(name: str) -> str:
    """The name of a column with single spaces: spreadsheets break long ones in two."""
    return " ".join(name.split())


def read_header(names: tuple[str, ...], mapping: Mapping) -> Header:
    """HeaderError with the columns that are missing and those that were found."""
    names = tuple(map(one_line, names))
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        positions.setdefault(name.casefold(), []).append(position)
    finder = _Finder(names, positions, mapping.has_no_header())
    places: dict[str, tuple[int, ...]] = {}
    unread: list[str] = []
    for ours in COLUMNS:
        if ours in mapping.constants:
            continue
        wanted = mapping.columns.get(ours, ours)
        if finder.by_number and ours not in mapping.columns:
            continue
        theirs = wanted if isinstance(wanted, list) else [wanted]
        is_needed = ours in REQUIRED or ours in mapping.columns
        if not is_needed and mapping.columns and len(positions.get(ours, ())) > 1:
            unread.append(ours)
            continue
        found = [finder.place(ours, name, is_needed=is_needed) for name in theirs]
        if None not in found:
            places[ours] = tuple(place for place in found if place is not None)
    skips = tuple(
        (place, values)
        for name, values in mapping.skipped().items()
        if (place := finder.place("skip", name, is_needed=True)) is not None
    )
    otherwise = tuple(
        (ours, place)
        for ours, name in mapping.otherwise.items()
        if (place := finder.place(ours, name, is_needed=True)) is not None
    )
    if finder.missing:
        raise HeaderError(_lacking(names, finder.missing), len(finder.missing))
    return Header(
        names, places, mapping.constants, skips, tuple(mapping.none), otherwise, tuple(unread)
    )


class _Finder(Struct):
    """Finds the cells of columns that are given by name, or by a number that counts from 1."""

    names: tuple[str, ...]
    positions: dict[str, list[int]]
    by_number: bool
    missing: list[str] = []

    def place(self, ours: str, theirs: str | int, *, is_needed: bool) -> int | None:
        if self.by_number and isinstance(theirs, str) and theirs.isdecimal() and len(theirs) < 10:  # noqa: PLR2004
            theirs = int(theirs)  # a key of [skip]: keys of TOML are texts
        if isinstance(theirs, int):
            if theirs <= len(self.names):
                return theirs - 1
            self.missing.append(f"column {theirs}")
            return None
        places = self.positions.get(one_line(theirs).casefold(), []) if theirs else []
        if len(places) > 1:
            numbers = " and ".join(str(place + 1) for place in places)
            raise HeaderError(
                f'the header names "{without_numbers(self.names[places[0]])}" twice, in columns {numbers}: say which by its'
                f" number, such as {ours} = {places[0] + 1} under [columns]"
            )
        if not places and is_needed:
            self.missing.append(theirs)
        return places[0] if places else None


def _lacking(names: tuple[str, ...], missing: list[str]) -> str:
    lacks = ", ".join(map(printable, missing))
    if not any(names):
        return f"a row has {len(names)} cells, and the mapping names {lacks}"
    found = ", ".join(map(without_numbers, names))
    shown = found if len(found) <= 200 else found[:200] + " …"  # noqa: PLR2004 - one line
    return (
        f"the header lacks {lacks}; it has: {shown} (other names: --mapping;"
        " `queuewatch mapping init` begins one)" + (NO_HEADER if any(map(is_figure, names)) else "")
    )
