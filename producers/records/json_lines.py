"""Call records as JSON lines: one object a line, its keys are the columns, `queue.name` one within another.

Rule 1: figures are taken as they are written, so that an id keeps its digits and a duration its decimals.
Rule 2: an object that lacks a key has an empty cell there; columns are all keys of the file.
"""

import json
from collections.abc import Iterator
from typing import Any

from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from producers.records.csv_rows import Row
from producers.records.header import HeaderError, read_header
from producers.records.header_line import HeaderLine
from producers.records.mapping import Mapping
from producers.records.table import Table

MOST_COLUMNS = 1_000
_ADVICE = "write one object a line (jq -c does)"


class JsonLinesTable(Table):
    """`file` was checked."""

    def __init__(self, file: InputFile, mapping: Mapping) -> None:
        self.file = file
        if mapping.has_no_header():
            raise HeaderError(
                "JSON lines have names and no numbers of columns; write the keys under [columns], such as"
                ' queue = "queue.name"'
            )
        self._names = columns_of(file)
        self.found = HeaderLine(read_header(self._names, mapping), 0)

    def rows(self, progress: Progress) -> Iterator[Row]:
        return rows_of(self.file, self._names, progress)


def columns_of(file: InputFile) -> tuple[str, ...]:
    """All keys of the file, in the order in which they come; InputFileError if no line is an object."""
    names: dict[str, None] = {}
    problem = f"no line is a JSON object: {_ADVICE}"
    for number, text in file.lines(silent()):
        try:
            names |= dict.fromkeys(cells_by_name(text)) if text.strip() else {}
        except ValueError as error:
            if not names and problem.startswith("no line"):
                problem = f"line {number}: {error}; {_ADVICE}"
        if len(names) > MOST_COLUMNS:
            raise InputFileError(
                f"{file.path}: more than {MOST_COLUMNS:,} different keys up to line {number}: are ids"
                " written as keys? Write them as values"
            )
    if not names:
        raise InputFileError(f"{file.path}: {problem}")
    return tuple(names)


def rows_of(file: InputFile, names: tuple[str, ...], progress: Progress) -> Iterator[Row]:
    """A row for each line that is not empty."""
    for number, text in file.lines(progress):
        if not text.strip():
            continue
        try:
            cells = cells_by_name(text)
        except ValueError as error:
            yield Row(number, text, None, str(error))
        else:
            yield Row(number, text, tuple(cells.get(name, "") for name in names))


def cells_by_name(text: str) -> dict[str, str]:
    """The texts of one object by their dotted names; ValueError, without a word of the line, if it is none."""
    try:
        read = json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"the line is no JSON ({error.msg}, character {error.pos + 1})") from None
    except RecursionError:
        raise ValueError("the line is no JSON of call records: too deep") from None
    if not isinstance(read, dict):
        raise ValueError("the line is JSON, and no object {…}")  # noqa: TRY004 - a wrong text, no bug
    cells: dict[str, str] = {}
    for name, value in _leaves(read, ""):
        if name in cells:
            raise ValueError("the object has two values under one name")
        cells[name] = value
    return cells


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Without this the last of two values under one key would win, silently."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("the object has two values under one name")
    return read


def _leaves(value: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        name = above + key.strip()
        if isinstance(inner, dict):
            yield from _leaves(inner, f"{name}.")
        else:
            yield name, _text(inner)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        if any(isinstance(each, dict | list) for each in value):
            return json.dumps(value, ensure_ascii=False)
        return ", ".join(map(_text, value))
    return "true" if value else "false"
