"""Reads one table of a TOML file into a Struct; every mistake is one line that starts with its path."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from schemas.millis import parse_duration
from schemas.printable import printable

LONGEST_LINE = 1_000

T = TypeVar("T")


class ConfigurationError(Exception):
    """One mistake in a file such as queues.toml; the text starts with its path."""

    def __init__(self, path: str, problem: str) -> None:
        told = f"{path}: {problem}" if path else problem
        # A name or a value of the file may contain line breaks, or be as long as the file.
        line = printable(told)
        super().__init__(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …")
        self.path = path


class Duration(int):
    """Whole milliseconds, written `20s` or `1h30m`."""


class Goal(float):
    """A share above 0 and at most 1."""


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a text. ConfigurationError for any text that is not TOML, also if it is hostile."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError("", "not TOML: nested too deeply") from None
    except ValueError as error:  # also from a number of over 4,300 digits
        raise ConfigurationError("", f"not TOML: {error}") from None


def convert(path: str, value: Any, kind: type[T]) -> T:
    """The value as `kind`; ConfigurationError with the path of what is wrong."""
    try:
        return msgspec.convert(value, kind, dec_hook=_special)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        inner = place.rstrip("`")
        told = path + _INDEX.sub(lambda index: nth("", int(index[1])), inner)
        if problem.startswith("Object contains unknown field"):
            known = ", ".join(kind.__struct_fields__) if not inner else "see the documentation"  # type: ignore[attr-defined]
            name = problem.removeprefix("Object contains unknown field ").strip("`")
            raise ConfigurationError(f"{told}.{name}", f"unknown key; known: {known}") from None
        if problem.startswith(_MISSING):
            name = problem.removeprefix(_MISSING).strip("`")
            raise ConfigurationError(f"{told}.{name}", "missing: it has no default") from None
        if problem.startswith("Invalid enum value"):
            raise ConfigurationError(told, unknown_word(problem, kind, inner)) from None
        raise ConfigurationError(told, in_words(problem)) from None


def nth(path: str, index: int) -> str:
    """`reports number 3` of the index 2: people count from one, and would look at the entry before."""
    return f"{path} number {index + 1}"


_INDEX = re.compile(r"\[(\d+)\]")
_MISSING = "Object missing required field "
_KINDS = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false",
    "array": "a list", "object": "a table", "null": "nothing",
}  # fmt: skip
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_BOUND = re.compile(r"(>=|<=|>|<) (?=-?\d)")


def in_words(problem: str) -> str:
    """What msgspec says of a value, for people who do not know Python."""
    told = problem[:1].lower() + problem[1:]
    if not told.startswith("expected "):
        return told
    told = re.sub(r"`([\w |]+)`", lambda kinds: _kinds_in_words(kinds[1]), told)
    return _BOUND.sub(lambda each: f"{_BOUNDS[each[1]]} ", told)


def unknown_word(problem: str, kind: type, inner: str) -> str:
    """What msgspec says of a word that is none of its Literal, with the words that are known.

    `inner` is the path of the value in `kind`, such as `.formula` or `.agents_named_to[0]`.
    """
    told = problem.replace("Invalid enum value", "unknown value")
    hint = get_type_hints(kind).get(re.sub(r"\[\d+\]$", "", inner).removeprefix("."))
    words = [word for word in _literals(hint) if isinstance(word, str)]
    return f"{told}; known: {', '.join(words)}" if words else told


def _literals(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    else:
        for part in get_args(hint):
            yield from _literals(part)


def _kinds_in_words(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds.split(" | "))


def _special(kind: type, value: Any) -> Any:
    if kind is Duration:
        if not isinstance(value, str):
            raise ValueError(f'expected a duration such as "20s", got {value!r}')
        return Duration(parse_duration(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        hint = f" (write {value / 100:g} for {value:g} %)" if _is_percent(value) else ""
        raise ValueError(f"expected a share above 0 and at most 1, got {value!r}{hint}")
    return Goal(value)


def _is_percent(value: Any) -> bool:
    return isinstance(value, int | float) and 1 < value <= 100  # noqa: PLR2004 - per cent
