"""Which queues a reader asks for, as an address says it: `?department=water&queue=a&queue=b&sign=ACT`. Pure."""

from collections.abc import Iterable
from typing import get_args

from msgspec import Struct

from dashboards.wallboard.page import Row, Sign
from dashboards.wallboard.sign import Word

KEYS = ("department", "centre", "queue", "sign")
WORDS: tuple[Word, ...] = get_args(Word)
MOST_VALUES = 1_000


class UnknownFilterError(Exception):
    """The message says what is asked for and cannot be; `kind` and `value` are that as an address has it. `is_missing`: a department,
    centre or queue that there is not.
    """

    def __init__(self, message: str, kind: str = "", value: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.value = value
        self.is_missing = kind in {"department", "centre", "queue"}


class Chosen(Struct, frozen=True):
    """Of each kind one of these ids, or words of the sign; an empty set means any."""

    departments: frozenset[str] = frozenset()
    centres: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()

    def has(self, row: Row) -> bool:
        """A queue that nobody configured is in no department and no centre."""
        return (
            (not self.departments or row.department_id in self.departments)
            and (not self.centres or row.centre_id in self.centres)
            and (not self.queues or row.queue in self.queues)
        )

    def shows(self, sign: Sign) -> bool:
        return not self.signs or sign.word in self.signs


EVERYTHING = Chosen()


def chosen(pairs: Iterable[tuple[str, str]], rows: Iterable[Row]) -> Chosen:
    """What the query of an address asks for. `rows` are all that the reader may see.

    UnknownFilterError for what is none of them: an empty answer would look like a calm one.
    """
    asked: dict[str, set[str]] = {key: set() for key in KEYS}
    for number, (key, value) in enumerate(pairs):
        if key not in asked or number >= MOST_VALUES:
            raise UnknownFilterError(f"filters are {', '.join(KEYS)}")
        asked[key].add(value)
    if wrong := asked["sign"] - set(WORDS):
        message = f'no sign "{min(wrong)}"; known: {", ".join(WORDS)}'
        raise UnknownFilterError(message, "sign", min(wrong))
    known: dict[str, set[str]] = {"department": set(), "centre": set(), "queue": set()}
    for row in rows:
        known["department"].add(row.department_id)
        known["centre"].add(row.centre_id)
        known["queue"].add(row.queue)
    for key, ids in known.items():
        if wrong := asked[key] - (ids - {""}):
            raise UnknownFilterError(f'no {key} "{min(wrong)}"', key, min(wrong))
    return Chosen(*(frozenset(asked[key]) for key in KEYS))
