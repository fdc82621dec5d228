"""A first mapping, guessed from the header and the rows of a file, for people to correct. Pure.

Rule 1: what is not certain becomes a comment in the mapping that says what to do.
Rule 2: an unknown word of an outcome gets no meaning; its rows are refused until a person adds one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from producers.records.cell_text import TIME, is_figure, is_shortened, shown, without_numbers
from producers.records.column_names import DATE_NAMES, NAMES, are_utc, spoken_name
from producers.records.csv_rows import split
from producers.records.direction_column import (
    by_cells_remark,
    columns_of_directions,
    directions_by_cells,
    outbound_remark,
)
from producers.records.durations import DurationUnit, is_number, read_duration
from producers.records.fitting_formats import count_read, fitting_formats, spread
from producers.records.header import Header
from producers.records.mapping import OUTCOME_WORDS, REQUIRED
from producers.records.no_legs import bare_name
from producers.records.none_words import is_none_in_figures
from producers.records.outcome_words import MEANINGS, is_answer
from producers.records.ringing import ring_remark
from producers.records.times import has_offset

DELIMITERS = ";\t,|"
MOST_WORDS = 30  # distinct words: a column with more does not contain outcomes
NOTHING_UNFIT: Mapping[str, AbstractSet[str]] = {}
_SAMPLES = 500
_MOST_ROWS = 10_000  # in which samples are looked for: a column may be filled in few
_FEWEST_NAMES = 2  # a title may hold one word that is also the name of a column
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?(\s?([AaPp]\.?\s?[Mm]\.?|[صم]))?")
_DECIMAL = re.compile(r"(0|[1-9]\d*)[.,]\d+", re.ASCII)  # 12.50 may be seconds; 09.15 is none
_BELOW_AN_HOUR = re.compile(r"00?:\d{2}(:\d{2}(\.\d+)?)?")
_NUMBER = re.compile(
    r"\d{6}"
)  # perhaps a caller's number: not an outcome, and must not be written to the mapping
_DURATIONS = ("wait_ms", "hold_ms", "talk_ms")
_TIMES = ("arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")

# What no time is, though its column has the name of one: answered = Yes, start = 3.
_YES_NO = frozenset(
    ("yes", "no", "true", "false", "y", "n", "ja", "nein", "oui", "non", "si", "sí", "t", "f", "x")
)
_FEWEST_DIGITS = 4  # of a time, were it spoilt; a total has fewer
_LONGEST_COUNT = 5  # digits; an epoch has ten
_GROUPED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+", re.ASCII)  # 1.083: thousands in many languages
# An id that stands in another row, too, in more than one of so many rows is no leg's.
_REPEATED = 20


class Guess(Struct):
    """A mapping; `missing`: columns that a person must name; `unknown`: words without a meaning -> rows."""

    delimiter: str
    columns: dict[str, str | int | list[str | int]]
    time_format: str = "iso"
    other_format: str = ""  # another format that fits
    is_local: bool = False  # the times have no offset
    zone: str = ""  # of these times, if the name of their column says it
    durations: DurationUnit | None = None  # of numbers without a unit
    outcomes: dict[str, str] = {}
    unknown: dict[str, int] = {}
    missing: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # of the file's columns, as a comment may show them
    repeated_id: str = ""  # the column that looked like leg_id, and has the same id in many rows
    repeated: int = 0  # in how many rows
    time_remarks: tuple[str, ...] = ()  # of times that `time_format` does not read
    time_formats: dict[str, str] = {}  # ours = its own format, where it differs
    not_taken: dict[str, str] = {}  # ours -> the column of that name, and why it is not taken
    by_number: bool = False  # the file has no header
    # What is asked of the column of directions, or of one that only mentions outbound.
    direction: str = ""
    ring: str = ""  # what is asked of a column of ringing times beside that of waits


def delimiter_of(header: str) -> str:
    """The character that splits the header into most cells; a comma if none does."""
    return max(DELIMITERS, key=lambda sign: (len(split(header, sign) or ()), sign == ","))


def known_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Which of the first rows is the header: the first with most names that we know, above it are titles.

    And whether any of them has such names; the first one if not.
    """
    known = [0 if any(map(is_figure, cells)) else len(dict(_columns(cells))) for cells in rows]
    most = max(known, default=0)
    return (known.index(most), True) if most >= _FEWEST_NAMES else (0, False)


def guess(names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> Guess:
    """Each of `rows` must have as many cells as there are names."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name, place)
    repeated = tuple(map(str.casefold, names))
    rows = [row for row in rows if tuple(map(str.casefold, row)) != repeated]
    is_none, some = is_none_in_figures(), spread(rows, _MOST_ROWS)
    samples = {
        name: spread([row[place] for row in some if not is_none(row[place])], _SAMPLES)
        for name, place in places.items()
    }
    columns = dict(_columns(names, _unfit(samples)))
    _join_dates(columns, names, samples)
    by_cells = "" if "direction" in columns else directions_by_cells(samples, columns.values())
    if by_cells:
        columns["direction"] = by_cells
    found = Guess(delimiter, {}, names=tuple(map(without_numbers, names)))
    arrived_at = _getter(columns, "arrived_at", places)
    if "arrived_at" in columns:
        rows = [row for row in rows if arrived_at(row)]  # others are totals
        rows = _arrived(rows, arrived_at)
        guess_times(found, [arrived_at(row) for row in rows])
        _check_times(found, columns, rows, places)
        theirs = columns["arrived_at"]
        says_utc = found.is_local and are_utc([theirs] if isinstance(theirs, str) else theirs)
        found.zone = "UTC" if says_utc else ""
    _guess_durations(found, columns, samples)
    outcome = columns.get("outcome")
    if isinstance(outcome, str):
        _ask_of_another(found, outcome, samples)
        words = Counter(row[places[outcome]] for row in rows)
        if len(words) > MOST_WORDS + ("" in words) or any(map(_NUMBER.search, words)):
            del columns["outcome"]
        else:
            guess_words(found, words)
    _check_id(found, columns, rows, places)
    if by_cells:
        found.direction = by_cells_remark(by_cells)
    elif "direction" not in columns:
        found.direction = outbound_remark(samples)
    found.ring = ring_remark(names) if "wait_ms" in columns else ""
    found.missing += tuple(ours for ours in REQUIRED if ours not in columns)
    found.columns = {ours: _named(theirs, names) for ours, theirs in columns.items()}
    return found


def _getter(
    columns: Mapping[str, str | list[str]], ours: str, places: Mapping[str, int]
) -> Callable[[Sequence[str]], str]:
    theirs = columns.get(ours, [])
    cells = tuple(places[name] for name in ([theirs] if isinstance(theirs, str) else theirs))
    return Header((), {ours: cells}, {}, ()).getter(ours)


def _named(theirs: str | list[str], names: Sequence[str]) -> str | int | list[str | int]:
    """The names of columns; the number of one whose name the header has twice."""
    bare = [name.casefold() for name in names]

    def named(name: str) -> str | int:
        return name if bare.count(name.casefold()) == 1 else names.index(name) + 1

    return named(theirs) if isinstance(theirs, str) else [named(name) for name in theirs]


def _unfit(samples: Mapping[str, Sequence[str]]) -> Mapping[str, AbstractSet[str]]:
    """Our column -> columns whose cells say that they are not it, whatever their name is."""
    directions = columns_of_directions(samples)
    named = {name for name in samples if spoken_name(name) in NAMES["outcome"]} - directions
    # by a word for answered: a ticket is open or closed, too
    known = {name for name in named if any(map(is_answer, samples[name]))}
    no_times = {name for name, texts in samples.items() if _is_no_time(name, texts)}
    return dict.fromkeys(_TIMES, no_times) | {
        "direction": samples.keys() - directions,
        "outcome": directions | (named - known if known else set()),
    }


def _columns(
    names: Sequence[str], unfit: Mapping[str, AbstractSet[str]] = NOTHING_UNFIT
) -> Iterator[tuple[str, str | list[str]]]:
    taken: set[str] = set()
    bare = {
        spoken_name(name): name for name in reversed(names) if name and not _is_object(name, names)
    }
    for ours, known in NAMES.items():
        theirs = next(
            (
                bare[name]
                for name in known
                if name in bare
                and bare[name] not in taken
                and bare[name] not in unfit.get(ours, ())
            ),
            None,
        )
        if theirs is not None:
            taken.add(theirs)
            yield ours, theirs


def _is_object(name: str, names: Sequence[str]) -> bool:
    """Whether it is the key of an object of JSON that was null in some line: its own keys are the columns."""
    return any(other.startswith(f"{name}.") for other in names)


def _is_no_time(name: str, texts: Sequence[str]) -> bool:
    """A column of yes and no, of counts, or of durations under a name of both: few calls come before one at night."""
    is_doubtful = any(spoken_name(name) in NAMES[ours] for ours in _DURATIONS)
    return _are_most(
        text.casefold() in _YES_NO
        or (text.isdecimal() and len(text) <= _LONGEST_COUNT)
        or (is_doubtful and (_BELOW_AN_HOUR.fullmatch(text) or _DECIMAL.fullmatch(text)))
        for text in texts
    )


def _are_most(cells: Iterable[object]) -> bool:
    """Whether it holds of more than half: one spoilt cell, or a total, says nothing of the others."""
    told = list(map(bool, cells))
    return sum(told) * 2 > len(told)


def _ask_of_another(found: Guess, outcome: str, samples: Mapping[str, Sequence[str]]) -> None:
    """Of the column whose name is rather that of an outcome, if it was passed over for its words."""
    known = NAMES["outcome"]
    named = {known.index(bare): name for name in samples if (bare := spoken_name(name)) in known}
    first = named[min(named)]
    if first != outcome and samples[first] and first not in columns_of_directions(samples):
        found.not_taken["outcome"] = (
            f"{without_numbers(first)}: no word in it is known for answered; if it says how calls ended,"
            " name it"
        )


def _check_id(
    found: Guess,
    columns: dict[str, str | list[str]],
    rows: Sequence[Sequence[str]],
    places: Mapping[str, int],
) -> None:
    """An id that many rows share is that of the call: as leg_id it would make one leg of all its rows."""
    theirs = columns.get("leg_id")
    if not isinstance(theirs, str):
        return
    place = places[theirs]
    ids = [
        row[place] for row in {tuple(row) for row in rows} if row[place]
    ]  # a row twice is one leg
    repeated = len(ids) - len(set(ids))
    if repeated * _REPEATED <= len(ids):
        return
    found.repeated_id, found.repeated = without_numbers(theirs), repeated
    del columns["leg_id"]
    if not any(map(is_shortened, ids)):
        columns.setdefault("contact_id", theirs)


def _join_dates(
    columns: dict[str, str | list[str]], names: Sequence[str], samples: Mapping[str, Sequence[str]]
) -> None:
    """A column with times of day only is joined with the column of dates. Where calls do not arrive at "9.15", 12.50 is no clock."""
    date = next((name for name in names if spoken_name(name) in DATE_NAMES), None)
    arrived_at = columns.get("arrived_at")
    for ours in _TIMES:
        theirs = columns.get(ours)
        if not date or not isinstance(theirs, str):
            continue
        texts = samples[theirs]
        is_figure_beside = _are_decimals(texts) and not (
            isinstance(arrived_at, str) and _are_decimals(samples[arrived_at])
        )
        if _are_most(map(_CLOCK.fullmatch, texts)) and not is_figure_beside:
            columns[ours] = [date, theirs]


def _are_decimals(texts: Sequence[str]) -> bool:
    clocks = [text for text in texts if _CLOCK.fullmatch(text)]
    return bool(clocks) and all(map(_DECIMAL.fullmatch, clocks))


def guess_times(found: Guess, texts: Sequence[str]) -> None:
    """The format of these arrivals."""
    read = fitting_formats(texts)
    if not read.formats:
        found.missing = ("time_format",)
        return
    found.time_format = read.formats[0]
    found.other_format = read.formats[1] if len(read.formats) > 1 else ""
    found.time_remarks = read.remarks()
    told = [text for text in spread(texts, _SAMPLES) if count_read(found.time_format, [text])]
    found.is_local = not found.time_format.startswith("epoch") and not all(map(has_offset, told))


def _arrived(
    rows: Sequence[Sequence[str]], arrived_at: Callable[[Sequence[str]], str]
) -> Sequence[Sequence[str]]:
    """Without totals and remarks, where no time stands; all if there is none that looks like one."""
    told = [row for row in rows if sum(map(str.isdigit, arrived_at(row))) >= _FEWEST_DIGITS]
    return told or rows


def _check_times(
    found: Guess,
    columns: dict[str, str | list[str]],
    rows: Sequence[Sequence[str]],
    places: Mapping[str, int],
) -> None:
    """Each other column of times: in the format of the arrival, in one of its own, or no times at all."""
    for ours in _TIMES[1:]:
        if ours not in columns or "time_format" in found.missing:
            continue
        getter = _getter(columns, ours, places)
        texts = spread(
            [text for row in spread(rows, _MOST_ROWS) if (text := getter(row))], _SAMPLES
        )
        if count_read(found.time_format, texts) * 2 > len(texts) or not texts:
            continue
        own = fitting_formats(texts).formats
        if own:
            found.time_formats[ours] = own[0]
        elif _are_most(not TIME.fullmatch(text) for text in texts):
            theirs = columns.pop(ours)
            name = theirs if isinstance(theirs, str) else " + ".join(theirs)
            found.not_taken[ours] = f"{without_numbers(name)}: no times, such as {shown(texts[0])}"


def _guess_durations(
    found: Guess, columns: dict[str, str | list[str]], samples: Mapping[str, Sequence[str]]
) -> None:
    """Remove columns that are no durations, or of another unit than the one before."""
    for ours in _DURATIONS:
        theirs = columns.get(ours)
        if not isinstance(theirs, str):
            continue
        texts = samples[theirs]
        unit = _unit_of(bare_name(theirs), texts) if any(map(is_number, texts)) else None
        why = _no_durations(texts, unit)
        if not why and unit and found.durations not in (None, unit):
            why = f'numbers in "{unit}", and others are in "{found.durations}"'
        if why:
            del columns[ours]
            found.not_taken[ours] = f"{without_numbers(theirs)}: {why}"
        else:
            found.durations = unit or found.durations


def _unit_of(name: str, texts: Sequence[str]) -> DurationUnit:
    """Of the numbers of a column: seconds unless its name or its digits say otherwise."""
    if name.endswith("ms"):
        return "ms"
    if name.endswith(("min", "minutes", "minuten")):
        return "min"
    if any(is_number(text) and _is_too_fine(text) for text in texts):
        return "days"
    return "s"


def _is_too_fine(text: str) -> bool:
    try:
        return bool(read_duration(text, "s").too_fine)
    except ValueError:
        return False


def _no_durations(texts: Sequence[str], unit: DurationUnit | None) -> str:
    """Why a column is not taken; a column without any duration is, for the rows that come later."""
    if texts and not _are_most(_is_duration(text, unit) for text in texts):
        bad = next(text for text in texts if not _is_duration(text, unit))
        return f"no durations, such as {shown(bad)}"
    grouped = next((text for text in texts if _GROUPED.fullmatch(text)), "")
    others = [text for text in texts if is_number(text) and not _GROUPED.fullmatch(text)]
    # beside 12.5 the point is that of decimals; beside 5 or 12,5 it may be one of thousands
    if grouped and others and not any("." in text for text in others):
        return f"{shown(grouped)} beside {shown(others[0])}: thousands or decimals? Export it as h:mm:ss or without the sign"
    return ""


def _is_duration(text: str, unit: DurationUnit | None) -> bool:
    try:
        read_duration(text, unit)
    except ValueError:
        return False
    return True


def guess_words(found: Guess, words: Counter[str]) -> None:
    """What the words of outcomes mean, and which of them nobody knows."""
    for word, n in words.most_common():
        if word.casefold() in OUTCOME_WORDS:
            continue
        meaning = MEANINGS.get(bare_name(word))
        if meaning is None:
            found.unknown[word] = n
        else:
            found.outcomes[word] = meaning
