"""The position of each of our columns in a file, from its header and the mapping."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from producers.records.mapping import COLUMNS, DURATIONS, NUMBERS, REQUIRED, TIMES, Mapping
from producers.records.none_words import (
    is_none_in_figures,
    is_none_in_texts,
    is_none_in_times,
    joined_time,
)

_FIGURES = (*DURATIONS, *NUMBERS)


class HeaderError(Exception):
    """The first line is not a header of call records: one line without the file's name."""


class Header(Struct, frozen=True):
    """`places`: our column -> positions of its cells; `skips`: (position, values) of rows to leave out."""

    names: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    constants: dict[str, str]
    skips: tuple[tuple[int, frozenset[str]], ...]
    none: tuple[str, ...] = ()

    def getter(self, ours: str) -> Callable[[Sequence[str]], str]:
        """A function that reads our column from the cells of a row.

        Empty if the file has no such column, or the cell says "none". An outcome is as it is written:
        the mapping may give every word a meaning, also to "-".
        """
        places = self.places.get(ours, ())
        constant = self.constants.get(ours, "")
        if not places:
            return lambda _: constant
        if ours == "outcome":
            return lambda cells: " ".join(cells[place] for place in places if cells[place])
        if ours in TIMES:
            return self._time_getter(places)
        is_none = (is_none_in_figures if ours in _FIGURES else is_none_in_texts)(self.none)
        if len(places) == 1:
            place = places[0]
            return lambda cells: "" if is_none(cells[place]) else cells[place]
        return lambda cells: " ".join(cells[place] for place in places if not is_none(cells[place]))

    def _time_getter(self, places: tuple[int, ...]) -> Callable[[Sequence[str]], str]:
        is_word, is_none = is_none_in_figures(self.none), is_none_in_times(self.none)

        def time_of(cells: Sequence[str]) -> str:
            if len(places) == 1:
                text = cells[places[0]]
            else:
                text = joined_time([cells[place] for place in places], is_word)
            return "" if is_none(text) else text

        return time_of

    def is_skipped(self, cells: Sequence[str]) -> bool:
        return any(cells[place] in values for place, values in self.skips)


def read_header(names: tuple[str, ...], mapping: Mapping) -> Header:
    """HeaderError with the columns that are missing and those that were found."""
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        if name and name.casefold() in positions:
            raise HeaderError(f'the header names "{name}" twice')
        positions[name.casefold()] = position
    places: dict[str, tuple[int, ...]] = {}
    missing: list[str] = []
    for ours in COLUMNS:
        if ours in mapping.constants:
            continue
        wanted = mapping.columns.get(ours, ours)
        theirs = [wanted] if isinstance(wanted, str) else wanted
        absent = [name for name in theirs if name.casefold() not in positions]
        if not absent:
            places[ours] = tuple(positions[name.casefold()] for name in theirs)
        elif ours in REQUIRED or ours in mapping.columns:
            missing += absent
    missing += [name for name in mapping.skip if name.casefold() not in positions]
    if missing:
        found = ", ".join(names)
        shown = found if len(found) <= 200 else found[:200] + " …"  # noqa: PLR2004 - one line
        raise HeaderError(
            f"the header lacks {', '.join(missing)}; it has: {shown} (other names: --mapping; `queuewatch mapping init` begins one)"
        )
    skips = tuple(
        (positions[name.casefold()], values) for name, values in mapping.skipped().items()
    )
    return Header(names, places, mapping.constants, skips, tuple(mapping.none))
