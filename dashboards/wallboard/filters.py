"""Which queues a reader asks for, as an address says it: `?department=water&queue=a&queue=b&sign=ACT`. Pure."""

from collections.abc import Iterable, Mapping
from typing import get_args

from msgspec import Struct

from dashboards.wallboard.page import Sign
from dashboards.wallboard.sign import Word
from schemas.targets import Targets

KEYS = ("department", "centre", "queue", "sign")
WORDS: tuple[Word, ...] = get_args(Word)
MOST_VALUES = 1_000


class UnknownFilterError(Exception):
    """The message says what is asked for and cannot be; `is_missing`: a department, centre or queue that there is not."""

    def __init__(self, message: str, *, is_missing: bool) -> None:
        super().__init__(message)
        self.is_missing = is_missing


class Chosen(Struct, frozen=True):
    """Of each kind one of these ids, or words of the sign; an empty set means any."""

    departments: frozenset[str] = frozenset()
    centres: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()

    def has(self, queue: str, targets: Targets | None) -> bool:
        """A queue that nobody configured is in no department and no centre."""
        department, centre = (targets.department, targets.centre) if targets else ("", "")
        return (
            (not self.departments or department in self.departments)
            and (not self.centres or centre in self.centres)
            and (not self.queues or queue in self.queues)
        )

    def shows(self, sign: Sign) -> bool:
        return not self.signs or sign.word in self.signs


EVERYTHING = Chosen()


def chosen(pairs: Iterable[tuple[str, str]], known: Mapping[str, Targets | None]) -> Chosen:
    """What the query of an address asks for. `known`: the queues that the reader may see.

    UnknownFilterError for what is none of them: an empty answer would look like a calm one.
    """
    asked: dict[str, set[str]] = {key: set() for key in KEYS}
    for number, (key, value) in enumerate(pairs):
        if key not in asked or number >= MOST_VALUES:
            raise UnknownFilterError(f"filters are {', '.join(KEYS)}", is_missing=False)
        asked[key].add(value)
    if wrong := asked["sign"] - set(WORDS):
        message = f'no sign "{min(wrong)}"; known: {", ".join(WORDS)}'
        raise UnknownFilterError(message, is_missing=False)
    configured = [each for each in known.values() if each is not None]
    there = {
        "department": {each.department for each in configured},
        "centre": {each.centre for each in configured},
        "queue": set(known),
    }
    for key, ids in there.items():
        if wrong := asked[key] - ids:
            raise UnknownFilterError(f'no {key} "{min(wrong)}"', is_missing=True)
    return Chosen(*(frozenset(asked[key]) for key in KEYS))
