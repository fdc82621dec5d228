"""The mappings that ship, one a platform and report: which one knows a header, and its text made for one file.

A mapping ships as a file of `deploy/mappings` with the key `recognised_by`: names of columns that its
export has. Nothing but the file is needed to add one.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from producers.records.mapping import Mapping, parse_mapping

_INSTALLED = Path(__file__).parent / "mappings"  # in a wheel, see pyproject.toml
_CHECKOUT = Path(__file__).parents[2] / "deploy" / "mappings"
_MADE_ANEW = ("delimiter", "encoding", "time_format", "time_zone", "recognised_by")


class ShippedMapping(Struct, frozen=True):
    """`name`: that of the file, without .toml."""

    name: str
    text: str
    mapping: Mapping

    def knows(self, names: Iterable[str]) -> bool:
        """Whether all names by which its export is recognised are in the header; letters' case is no matter."""
        return set(map(str.casefold, self.mapping.recognised_by)) <= set(map(str.casefold, names))


class ReadAs(Struct, frozen=True):
    """How one file is written, where that differs from the mapping that ships."""

    delimiter: str
    encoding: str
    time_format: str
    time_zone: str


@cache
def shipped_mappings() -> tuple[ShippedMapping, ...]:
    """All that have names by which to recognise a file, in the order of their names."""
    folder = _INSTALLED if _INSTALLED.exists() else _CHECKOUT
    read = (
        ShippedMapping(path.stem, text, parse_mapping(text))
        for path in sorted(folder.glob("*.toml"))
        if (text := path.read_text(encoding="utf-8"))
    )
    return tuple(each for each in read if each.mapping.recognised_by)


def fitting(names: Sequence[str]) -> ShippedMapping | None:
    """The mapping that knows the most names of this header, and all of its own; None if none does."""
    known = [each for each in shipped_mappings() if each.knows(names)]
    return max(known, key=lambda each: len(each.mapping.recognised_by), default=None)


def text_for(
    shipped: ShippedMapping, names: Sequence[str], read_as: ReadAs, unknown: dict[str, int]
) -> str:
    """The TOML for one file: as it ships, read as the file is written, without columns that the file lacks.

    `unknown`: words of outcomes without a meaning -> rows; each becomes a line with `?`.
    """
    return "\n".join(_lines(shipped, names, read_as, unknown)) + "\n"


def _lines(
    shipped: ShippedMapping, names: Sequence[str], read_as: ReadAs, unknown: dict[str, int]
) -> Iterator[str]:
    yield f"# Made from the mapping {shipped.name} that ships with queuewatch."
    has = set(map(str.casefold, names))
    table = ""
    for line in shipped.text.splitlines():
        key, _, _ = line.partition("=")
        if line.startswith("["):
            table = line.partition("]")[0][1:]
        elif not table and key.strip() in _MADE_ANEW:
            if key.strip() == "delimiter":
                yield from _read_as(read_as, shipped)
            continue
        elif (lacking := _lacking(line, table, shipped.mapping, has)) is not None:
            yield f"# {line}   # this file has no such column: {lacking}"
            continue
        yield line
        if table == "outcomes" and line.startswith("["):
            for word, n in unknown.items():
                yield f'# {_text(word)} = "?"   # {n:,} rows, refused until this line says what it means'


def _read_as(read_as: ReadAs, shipped: ShippedMapping) -> Iterator[str]:
    yield f"delimiter = {_text(read_as.delimiter)}"
    yield f"encoding = {_text(read_as.encoding)}"
    yield f"time_format = {_text(read_as.time_format)}"
    is_theirs = bool(shipped.mapping.time_zone)
    why = "as the platform writes them" if is_theirs else "of times without an offset"
    yield f"time_zone = {_text(read_as.time_zone)}   # {why}"


def _lacking(line: str, table: str, mapping: Mapping, has: set[str]) -> str | None:
    """The name that the header lacks, if the line maps or skips a column that is not there."""
    ours = line.partition("=")[0].strip().strip('"')
    if table == "columns" and ours in mapping.columns:
        theirs = mapping.columns[ours]
        wanted = theirs if isinstance(theirs, list) else [theirs]
    elif table == "skip" and ours in mapping.skip:
        wanted = [ours]
    elif table == "otherwise" and ours in mapping.otherwise:
        wanted = [mapping.otherwise[ours]]
    else:
        return None
    return next((str(name) for name in wanted if str(name).casefold() not in has), None)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
