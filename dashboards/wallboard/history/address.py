"""The address of a page of the past, which says all that the page shows: it can be sent, and is checked. Pure.

`/history?when=2026-10&centre=water`: `when` is a month, a week (`2026-W44`) or a day (`2026-10-14`); `department`, `centre` or
`queue` (one of them) says of what; `by` which rows a league has; `at` the half hour of a queue's day whose calls are listed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, get_args
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from schemas.past_figures import Groups
from schemas.periods import Period, containing, period_of

PATH, CSV_PATH = "/history", "/history.csv"
Of = Literal["all", "department", "centre", "queue"]
GROUPS: tuple[Groups, ...] = get_args(Groups)
PART = "part"  # of a file: which table
_LOOK = ("lang", "theme", "contrast")
_KNOWN = frozenset({"when", *GROUPS, "by", "at", PART, *_LOOK})
_LONGEST_GIVEN = 100
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d([+-]\d\d:\d\d)?")


class WrongAddressError(Exception):
    """`key` names the text that says what is wrong, with `given` in its place."""

    def __init__(self, key: str, given: str = "") -> None:
        super().__init__(f"{key}: {given}")
        self.key = key
        self.given = given[:_LONGEST_GIVEN]


class Address(Struct, frozen=True):
    """`look` are the language, theme and contrast that were asked for; every link keeps them. `by` "": what lies below `of`."""

    period: Period
    of: Of = "all"
    id: str = ""
    by: Groups | Literal[""] = ""
    clock: str = ""
    look: tuple[tuple[str, str], ...] = ()

    def to(self, path: str = PATH, part: str = "") -> str:
        given = [("when", self.period.text)]
        if self.of != "all":
            given.append((self.of, self.id))
        given += [
            (name, value)
            for name, value in (("by", self.by), ("at", self.clock), (PART, part))
            if value
        ]
        return f"{path}?{urlencode([*given, *self.look])}"

    def at(self, period: Period) -> str:
        """The same of another time."""
        return replace(self, period=period, clock="").to()

    def below(self, of: Of, id_: str) -> str:
        """The same time of something else."""
        return replace(self, of=of, id=id_, by="", clock="").to()

    def calls(self, day: Period, clock: str) -> str:
        return replace(self, period=day, clock=clock, by="").to()

    def in_language(self, code: str) -> str:
        kept = tuple((name, value) for name, value in self.look if name != "lang")
        return replace(self, look=(*kept, ("lang", code))).to()


def address_of(query: Sequence[tuple[str, str]], today: date) -> Address:
    """WrongAddressError for what no page has: nothing of an address is guessed or left out."""
    for name, value in query:
        if name not in _KNOWN:
            raise WrongAddressError("history_wrong_parameter", name)
        if value and sum(name == each for each, _ in query) > 1:
            raise WrongAddressError("history_wrong_twice", name)
    given = {name: value for name, value in query if value}
    period = _period(given.get("when"), today)
    chosen = [group for group in GROUPS if group in given]
    if len(chosen) > 1:
        raise WrongAddressError("history_wrong_two", f"{chosen[0]}, {chosen[1]}")
    look = tuple((name, given[name]) for name in _LOOK if name in given)
    made = Address(
        period, chosen[0] if chosen else "all", given[chosen[0]] if chosen else "", _by(given), given.get("at", ""), look
    )  # fmt: skip
    if made.clock and (
        made.of != "queue" or period.kind != "day" or not _CLOCK.fullmatch(made.clock)
    ):
        raise WrongAddressError("history_wrong_at", made.clock)
    return made


def begin(today: date) -> Period:
    """Where somebody begins who names no time: the month of yesterday, since of today little is known."""
    return containing("month", today - timedelta(days=1))


def _period(text: str | None, today: date) -> Period:
    if text is None:
        return begin(today)
    try:
        return period_of(text)
    except ValueError:
        raise WrongAddressError("history_wrong_when", text) from None


def _by(given: Mapping[str, str]) -> Groups | Literal[""]:
    wanted = given.get("by", "")
    if not wanted:
        return ""
    for group in GROUPS:
        if group == wanted:
            return group
    raise WrongAddressError("history_wrong_by", wanted)
