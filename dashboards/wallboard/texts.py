"""What stands on the boards, in each language, from `languages/`; numbers, times and plurals as browsers write them.

A key has one text, or one for each plural category of CLDR, chosen by `n`. Places in braces are filled in; what is
filled in is escaped, or was marked as HTML.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct, toml

from schemas.millis import HOUR, MINUTE, SECOND, to_datetime
from schemas.owners import Language
from streams.charts.html import Html, escaped, joined
from streams.messages.fitting import isolated
from streams.messages.words import words_of

LANGUAGES: tuple[Language, ...] = get_args(Language)
NO_VALUE = "\N{EN DASH}"
FEW, ELEVEN, HUNDRED = 10, 11, 100


def _arabic(n: int) -> str:
    rest = n % HUNDRED
    if n <= 2:  # noqa: PLR2004  zero, one and two have forms of their own
        return ("zero", "one", "two")[n]
    if 3 <= rest <= FEW:  # noqa: PLR2004
        return "few"
    return "many" if rest >= ELEVEN else "other"


# CLDR's rules for whole numbers. The browser's Intl.PluralRules says the same (tests/browser).
PLURAL: Mapping[Language, Callable[[int], str]] = {
    "en": lambda n: "one" if n == 1 else "other",
    "id": lambda _: "other",
    "ar": _arabic,
    "zu": lambda n: "one" if n in (0, 1) else "other",
}


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    language: str  # its own name for itself
    grouping: str  # between thousands
    right_to_left: bool
    say: Mapping[str, str | Mapping[str, str]]


class Texts:
    """The texts of one language, and how times and numbers are written in it and in the zone of the board."""

    def __init__(self, code: Language, file: _File) -> None:
        self.code = code
        self.name = file.language
        self.is_right_to_left = file.right_to_left
        self._grouping = file.grouping
        self._say = file.say

    def __call__(self, key: str, **values: object) -> Html:
        """The text of a key as HTML; a number `n` also chooses its form."""
        found = self._say[key]
        if not isinstance(found, str):
            found = found[PLURAL[self.code](int(str(values["n"])))]
        filled = {name: self._filled(each) for name, each in values.items()}
        return Html(escaped(found).format(**filled))

    def has(self, key: str) -> bool:
        return key in self._say

    def number(self, n: int) -> str:
        """Latin digits in every language, as displays of platforms show them."""
        return f"{n:,}".replace(",", self._grouping)

    def joined(self, parts: list[Html]) -> Html:
        return joined(self("and"), parts)

    def rule(self, name: str) -> str:
        """What an alert rule tells of, in a few words."""
        found = words_of(self.code).rules.get(name)
        return found.what if found else name.replace("_", " ")

    def reason(self, why: str) -> str:
        """Why a rule cannot be asked (schemas.alerts.NotEvaluated); one of another release stands as it is."""
        key = f"lacks_{why.replace(' ', '_')}"
        return self(key) if key in self._say else why

    def span(self, duration: int) -> str:
        """A duration in words: `20s`, `3m 5s`."""
        return words_of(self.code).duration(duration)

    @property
    def second(self) -> str:
        """The unit beside a number: `s`."""
        return words_of(self.code).units.second

    def _filled(self, value: object) -> str:
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, Html):
            return value
        # Else a date after an Arabic word is read from its end: 05-10-2026.
        return escaped(isolated(str(value)) if self.is_right_to_left else str(value))


def watch(duration: int) -> str:
    """A wait as a stopwatch shows it: `3:05`, `1:02:09`."""
    total = max(0, duration) // SECOND
    hours, rest = divmod(total, HOUR // SECOND)
    minutes, seconds = divmod(rest, MINUTE // SECOND)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Clock(NamedTuple):
    """`told` stands behind each time of it, as the clock of the page shows another one; "" where it does not."""

    zone: str
    told: str = ""


def moment(at: int, clock: str | Clock, now: int, *, seconds: bool = True) -> str:
    """`14:03:05`, or `2026-11-30 14:03:05` when it is not of the day of `now`: a date that no language reads wrongly."""
    zone, told = clock if isinstance(clock, Clock) else (clock, "")
    local, today = to_datetime(at, ZoneInfo(zone)), to_datetime(now, ZoneInfo(zone))
    text = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    dated = text if local.date() == today.date() else f"{local:%Y-%m-%d} {text}"
    return f"{dated} {told}" if told else dated


def day(at: int, zone: str) -> str:
    return f"{to_datetime(at, ZoneInfo(zone)):%Y-%m-%d}"


def chosen(asked: str, accepted: str) -> Language:
    """`?lang=`, else the first language of Accept-Language that we have, else English."""
    for each in (asked, *accepted.split(",")):
        code = each.partition(";")[0].strip().lower().partition("-")[0]
        for language in LANGUAGES:
            if code == language:
                return language
    return "en"


@cache
def texts_of(language: Language) -> Texts:
    file = files("dashboards.wallboard") / "languages" / f"{language}.toml"
    return Texts(language, toml.decode(file.read_bytes(), type=_File))
