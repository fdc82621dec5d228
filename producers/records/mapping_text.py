"""A guessed mapping as the TOML that people read and correct."""

import json
from collections.abc import Iterator
from typing import get_args

from producers.records.durations import DurationUnit
from producers.records.guess import Guess
from producers.records.mapping import COLUMNS, OUTCOME_WORDS


def mapping_text(guess: Guess, file: str, encoding: str, zone: str) -> str:
    """A valid mapping; what a person must decide is a comment with `?`. A workbook has no encoding."""
    return "\n".join(_lines(guess, file, encoding, zone)) + "\n"


def _lines(guess: Guess, file: str, encoding: str, zone: str) -> Iterator[str]:
    yield f"# Guessed from {_comment(file)}. Correct it, then try it: queuewatch send records FILE --mapping THIS --dry-run"
    if encoding:
        yield f"delimiter = {_text(guess.delimiter)}"
        yield f"encoding = {_text(encoding)}"
    yield f"time_format = {_text(guess.time_format)}"
    if "time_format" in guess.missing:
        yield '# time_format = "?"   # not found: a pattern such as "%d.%m.%Y %H:%M:%S"'
    if guess.other_format:
        yield f"# time_format = {_text(guess.other_format)}   # ? fits as well: choose"
    for remark in guess.time_remarks:
        yield f"# time_format: {_comment(remark)}"
    is_known = "arrived_at" in guess.columns and "time_format" not in guess.missing
    has_offset = is_known and not guess.is_local
    use = "of times without an offset: these have one" if has_offset else "the zone of these times"
    if guess.zone:
        zone, use = guess.zone, "as the name of their column says"
    yield f"time_zone = {_text(zone)}   # {use}"
    if guess.durations:
        units = ", ".join(f'"{unit}"' for unit in get_args(DurationUnit))
        yield f"durations = {_text(guess.durations)}   # unit of numbers: one of {units}"
    yield from _columns(guess)
    if guess.time_formats:
        yield from ("", "[time_formats]   # ours = its own format, where it differs")
        yield from (f"{ours} = {_text(each)}" for ours, each in guess.time_formats.items())
    yield from _outcomes(guess)


def _columns(guess: Guess) -> Iterator[str]:
    yield from (
        "",
        "[columns]   # ours = theirs, by name or number; two of theirs are joined by a space",
    )
    for ours, theirs in guess.columns.items():
        yield f"{ours} = {_list(theirs) if isinstance(theirs, list) else _column(theirs)}"
    for name in guess.missing:
        if name in COLUMNS:
            yield _asked(name, by_number=guess.by_number)
    if guess.by_number:
        yield (
            "# No header: a column is its number. Name the others that you need: answered_at, left_at, ended_at or"
            " wait_ms; leg_id, caller, agent"
        )
    if guess.by_number or any(name in COLUMNS for name in guess.missing):
        yield "# The columns of the file:"
        for number, name in enumerate(guess.names, 1):
            yield f"#   {number} {_comment(name)}"
    for name, why in guess.not_taken.items():
        yield f"# {name}: not {_comment(why)}"
    if guess.direction:
        yield f"# direction: {_comment(guess.direction)}"
    if guess.ring:
        yield f"# wait_ms: {_comment(guess.ring)}"
    if guess.repeated_id:
        yield (
            f"# leg_id: not {_comment(guess.repeated_id)}, which repeats in {guess.repeated:,} rows; each stay of"
            " a call in a queue needs an id of its own"
        )
    if "leg_id" not in guess.columns:
        yield "# no leg_id: ids are made from queue, arrival and caller"
    if guess.repeated_id.casefold() == "leg_id":
        # our own name: the column would be read without being named
        yield from ("", "[constants]", 'leg_id = ""   # the column of this name is not read')


def _asked(name: str, *, by_number: bool) -> str:
    if by_number:
        return f"# {name} = ?   # must be named: the number of the column"
    return f'# {name} = "?"   # must be named: which of your columns is it? (a number counts them from 1)'


def _outcomes(guess: Guess) -> Iterator[str]:
    yield from (
        "",
        f"[outcomes]   # their word = {', '.join(OUTCOME_WORDS)}; after a slash the reason",
    )
    for word, ours in guess.outcomes.items():
        yield f"{_text(word)} = {_text(ours)}"
    for word, n in guess.unknown.items():
        yield f'# {_text(word)} = "?"   # {n:,} rows, refused until this line says what it means'


def _list(columns: list[str | int]) -> str:
    return f"[{', '.join(map(_column, columns))}]"


def _column(theirs: str | int) -> str:
    return _text(theirs) if isinstance(theirs, str) else str(theirs)


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
