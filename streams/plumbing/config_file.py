"""Settings of one connection: a file of lines `name=value` (`#` begins a comment), overridden by the environment.

A variable is the prefix of the connection and the name in capitals, with `_` for each dot. Secrets stand in one of
the two or in files of their own, never on a command line, and no message repeats one.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

_NAME = re.compile(r"[a-z][a-z._-]*")


class ConfigError(Exception):
    """One line: where it stands, what is wrong with it, what to write."""


class Secret:
    """A text that no log, error or `repr` shows. One of a file is read again whenever it is used: it may be renewed."""

    def __init__(self, text: str, file: Path | None = None) -> None:
        self._text = text
        self.file = file

    @property
    def text(self) -> str:
        if self.file is not None:
            with suppress(
                OSError, UnicodeDecodeError
            ):  # it is being replaced: the next use reads it
                self._text = self.file.read_text().strip() or self._text
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class Vocabulary(Struct, frozen=True, kw_only=True):
    """`option` names the file; `prefix` begins each variable; `instead`: what to write for a name of other programs."""

    option: str
    prefix: str
    names: tuple[str, ...]
    instead: Mapping[str, str] = {}

    def variable(self, name: str) -> str:
        """The variable of the environment that says the same as `name` in the file."""
        return self.prefix + name.upper().replace(".", "_")


class Settings:
    """The values by name, and where each of them stands."""

    def __init__(
        self, words: Vocabulary, file: Path | None, environment: Mapping[str, str]
    ) -> None:
        """ConfigError where the file or a variable is not what it must be."""
        self._words = words
        self._file = file
        found = {} if file is None else _parsed(file, words)
        found |= _of_environment(environment, words)
        self.values = {name: value for name, (value, _) in found.items()}
        self._places = {name: place for name, (_, place) in found.items()}

    def wrong(self, name: str, what: str) -> ConfigError:
        """The error to raise about the value of `name`, or about its absence."""
        return ConfigError(f"{self._places.get(name) or self._where_to_add(name)}: {what}")

    def _where_to_add(self, name: str) -> str:
        return self._words.variable(name) if self._file is None else f"{self._file}: {name}"

    def secret(self, name: str, file_name: str) -> Secret:
        """The secret itself, or what a file holds, without space around it. One of them must stand there."""
        if (name in self.values) == (file_name in self.values):
            what = "stands beside" if name in self.values else "is missing; write it, or"
            raise self.wrong(name, f"{what} {file_name}")
        if name in self.values:
            return Secret(self.values[name])
        path = Path(self.values[file_name])
        try:
            text = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise self.wrong(file_name, f"cannot read {path}: {why}") from None
        if not text:
            raise self.wrong(file_name, f"{path} is empty")
        return Secret(text, path)

    def file(self, name: str) -> Path | None:
        """The path, of a file that can be read; None where none is named."""
        if not self.values.get(name):
            return None
        path = Path(self.values[name])
        try:
            path.open("rb").close()
        except OSError as error:
            raise self.wrong(name, f"cannot read {path}: {error.strerror}") from None
        return path


def _parsed(file: Path, words: Vocabulary) -> dict[str, tuple[str, str]]:
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise ConfigError(f"{words.option}: cannot read {file}: {why}") from None
    values: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(("#", "!")):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        # A line without its name may be a secret that ends in "=": it is not repeated either.
        place = f"{file}:{number}: {name if _NAME.fullmatch(name) else 'this line'}"
        if not equals:  # the line may be a secret that lost its name: it is not repeated
            raise ConfigError(f'{file}:{number}: expected name=value, found no "="')
        if name not in words.names:
            raise ConfigError(f"{place}: {_unknown(name, words)}")
        if name in values:
            raise ConfigError(f"{place}: stands twice")
        values[name] = (value, place)
    return values


def _unknown(name: str, words: Vocabulary) -> str:
    if name in words.instead:
        return f"is not read here: write {words.instead[name]}"
    return f"unknown name{_like(name, words.names)}"


def _like(name: str, names: Iterable[str]) -> str:
    """A hint for a slip of the pen; all names are in the documents."""
    near = get_close_matches(name, list(names), 1)
    return f"; is it {near[0]}?" if near else "; all names: docs/operator.md"


def _of_environment(
    environment: Mapping[str, str], words: Vocabulary
) -> dict[str, tuple[str, str]]:
    known = {words.variable(name): name for name in words.names}
    kinds = tuple(f"{words.variable(name.partition('.')[0])}_" for name in words.names)
    for given in environment:
        if given.startswith(kinds) and given not in known:
            raise ConfigError(f"{given}: unknown name{_like(given, known)}")
    return {
        name: (environment[given], given) for given, name in known.items() if environment.get(given)
    }
