"""Asterisk's table `queue_log` in a dump: `INSERT INTO … VALUES` of mysqldump or pg_dump, or pg_dump's COPY. Pure.

Rule 1: only rows of a table of that name are read: a dump of a whole database has others.
Rule 2: the names of the columns stand in the statement, else in the CREATE TABLE before it.
Rule 3: rows are numbered, not lines: mysqldump writes thousands of rows into one line.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from producers.asterisk.table_forms import LOOKED_AT, Columns, TableRow, found_columns

Lines = Iterable[tuple[int, str]]

_TABLE = r"""(?:[`"]?\w+[`"]?\.)?[`"]?queue_log[`"]?"""
_INSERT = re.compile(
    rf"\s*(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+{_TABLE}\s*(?:\((?P<names>[^)]*)\)\s*)?VALUES\b",
    re.IGNORECASE,
)
_COPY = re.compile(rf"\s*COPY\s+{_TABLE}\s*\((?P<names>[^)]*)\)\s+FROM\s+stdin\b", re.IGNORECASE)
_CREATE = re.compile(rf"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\(", re.IGNORECASE)
_DUMP = re.compile(r"\s*(?:--|#|/\*!|SET\s|CREATE\s|DROP\s|BEGIN\b|START\s)", re.IGNORECASE)
_COLUMN = re.compile(r"""\s*[`"]?(\w+)[`"]?\s+\w""")
_NO_COLUMNS = frozenset(
    {"primary", "key", "unique", "constraint", "index", "foreign", "fulltext", "check"}
)
_ROW = re.compile(r"\s*,?\s*\(")
# A text, perhaps with a prefix (E, N, _binary) or a cast behind it, or a bare word such as NULL.
_VALUE = re.compile(
    r"""\s*(?:(?:\w+\s*)?'((?:[^'\\]|\\.|'')*)'(?:::[\w ]+)?|([^\s,()']+))\s*([,)])""", re.DOTALL
)
_NEXT = re.compile(r"\)(?=\s*(?:,\s*\(|;|,?\s*$))")  # the end of a row that cannot be told apart
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "0": "", "N": ""}
_END_OF_COPY = "\\."


class SqlDump(Struct, frozen=True):
    """A dump whose rows have these columns, by name."""

    names: tuple[str, ...]
    columns: Columns

    def rows(self, lines: Lines) -> Iterator[TableRow]:
        """The rows of the table; `lines` are those of the whole file."""
        for number, (text, cells) in enumerate(_rows(iter(lines)), 1):
            fits = cells is not None and len(cells) == len(self.names)
            yield TableRow(number, text, cells if fits else None)


def found_dump(start: Lines, read: Callable[[], Lines]) -> SqlDump | None:
    """The dump, if the lines at its start look like SQL; `read` then gives all lines of the file."""
    texts = [text for number, text in start if number <= LOOKED_AT and text.strip()]
    if not texts or not (_DUMP.match(texts[0]) or any(map(_names_in, texts))):
        return None
    created: list[str] | None = None
    for _, text in read():
        if created is not None:
            if text.lstrip().startswith(")"):
                found = _dump_of(created)
                if found is not None:
                    return found
                created = None
            else:
                created += _column(text)
        elif (begun := _CREATE.match(text)) is not None:
            created = [] if ")" not in text else None
            if created is None:  # all in one line
                found = _dump_of(
                    [n for part in text[begun.end() :].split(",") for n in _column(part)]
                )
                if found is not None:
                    return found
        elif names := _names_in(text):
            return _dump_of(names)
    return None


def _names_in(text: str) -> list[str]:
    """The names that a statement gives its columns; none for another line, or without names."""
    if "queue_log" not in text[:200]:  # a line may have a million characters
        return []
    found = _INSERT.match(text) or _COPY.match(text)
    listed = found["names"] if found else None
    return [name.strip(' `"') for name in listed.split(",")] if listed else []


def _column(text: str) -> list[str]:
    found = _COLUMN.match(text)
    return [found[1]] if found and found[1].casefold() not in _NO_COLUMNS else []


def _dump_of(names: list[str]) -> SqlDump | None:
    columns = found_columns(names)
    return None if columns is None else SqlDump(tuple(names), columns)


def _rows(
    lines: Iterator[tuple[int, str]],
) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """(text, cells) of each row; cells are None if they cannot be told apart."""
    for _, text in lines:
        if "queue_log" not in text[:200]:
            continue
        if (begun := _INSERT.match(text)) is not None:
            yield from _inserted(text[begun.end() :], lines)
        elif _COPY.match(text):
            for _, row in lines:
                if row == _END_OF_COPY:
                    break
                yield row, tuple(_unescaped(cell) for cell in row.split("\t"))


def _inserted(
    text: str, lines: Iterator[tuple[int, str]]
) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """The rows of one INSERT, which may go on over many lines."""
    place = 0
    while True:
        begun = _ROW.match(text, place)
        if begun is None:
            if text[place:].strip(" \t\r\n,"):  # a semicolon, or ON DUPLICATE KEY …
                return
            following = next(lines, None)
            if following is None:
                return
            text, place = following[1], 0
            continue
        cells, end = _cells(text, begun.end())
        if cells is None and _goes_on(text[begun.end() :]):
            following = next(lines, None)
            if following is not None:
                text, place = f"{text[begun.start() :]}\n{following[1]}", 0
                continue
        if cells is None:
            gap = _NEXT.search(text, begun.end())
            end = gap.end() if gap else len(text)
        yield text[begun.end() : end], cells
        place = end


def _cells(text: str, place: int) -> tuple[tuple[str, ...] | None, int]:
    """The cells from `place`, behind the opening bracket, and the place behind the closing one."""
    cells: list[str] = []
    while (found := _VALUE.match(text, place)) is not None:
        quoted, bare, sign = found.groups()
        cells.append(_unescaped(quoted) if quoted is not None else bare)
        place = found.end()
        if sign == ")":
            return tuple(cells), place
    return None, place


def _goes_on(text: str) -> bool:
    """Whether the rest of a line ends in the middle of a row: within a text, or without a bracket."""
    return _ESCAPE.sub("", text).count("'") % 2 == 1 or ")" not in text


def _unescaped(text: str) -> str:
    if text == "\\N":
        return ""
    return _ESCAPE.sub(lambda found: _MEANT.get(found[1], found[1]) if found[1] else "'", text)
