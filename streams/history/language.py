"""A language of reports: its texts from `languages/`, and how it writes numbers, shares and times, by Babel.

Digits are Latin in every language, as displays of platforms show them. A figure is rounded before it is written, so that it has
the same digits everywhere.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal
from msgspec import Struct, toml

from schemas.millis import DAY, to_datetime
from schemas.owners import Language as Code
from schemas.printable import printable
from streams.messages.words import words_of

_SUNDAY = 3 * DAY  # of 1970
NO_VALUE = "\N{EN DASH}"
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


class Definition(Struct, frozen=True, forbid_unknown_fields=True):
    term: str
    says: str


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """`percent` has a place {n}; the others are patterns of CLDR for times."""

    language: str  # its own name for itself
    right_to_left: bool
    comma: str  # between parts of a list
    percent: str
    moment: str
    dated_moment: str
    day: str
    short_day: str
    clock: str
    weekday: str
    month: str
    week: str  # {first}, {last}, {number}
    say: Mapping[str, str | Mapping[str, str]]  # sentences
    lead: Mapping[str, str]  # the beginnings of those that are about somebody
    head: Mapping[str, str]  # headings of sections, tables, charts and key figures
    columns: Mapping[str, str]
    words: Mapping[str, str]  # what stands in cells of text, where it is a word of ours
    definitions: Mapping[str, Definition]


class Language:
    def __init__(self, code: Code, file: _File) -> None:
        self.code = code
        self.itself = file.language
        self.right_to_left = file.right_to_left
        self._file = file
        self._locale = Locale.parse(code)

    def text(self, name: str, length: str = "month") -> str:
        """The text of a sentence, with places to fill; KeyError if there is none."""
        found = self._file.say[name]
        return found if isinstance(found, str) else found[length]

    def lead(self, name: str) -> str:
        """How a sentence begins that is about somebody; empty for others."""
        return self._file.lead.get(name, "")

    def head(self, name: str) -> str:
        return self._file.head[name]

    def column(self, name: str) -> str:
        return self._file.columns[name]

    @property
    def columns(self) -> Mapping[str, str]:
        """Headings of the columns that stand on paper."""
        return self._file.columns

    def word(self, text: str) -> str:
        """Of a word that we made; anything else is a name and stays."""
        return self._file.words.get(text) or self.name(text)

    def rules(self, names: str) -> str:
        """What these alert rules, by name, tell of."""
        known = words_of(self.code).rules
        shown = (known[each].what if each in known else each for each in names.split(", "))
        return self._file.comma.join(shown)

    def definition(self, name: str) -> Definition:
        return self._file.definitions[name]

    def name(self, text: str) -> str:
        """A name that people gave: what cannot be printed is escaped, and in a language that is written from right to left it
        is kept apart.
        """
        shown = printable(text)
        return _ISOLATED.format(shown) if self.right_to_left and shown else shown

    def formula(self, text: str) -> str:
        """Of counters and signs, which are read from left to right in every language."""
        return self._ltr(printable(text))

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        text = f"{value:.{digits}f}"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        if signed:
            pattern = f"+{pattern};-{pattern}"
        shown = format_decimal(Decimal(text), format=pattern, locale=self._locale)
        return self._ltr(shown) if signed or value < 0 else shown

    def percent(self, share: float | None) -> str:
        """With one digit always, so that figures stand beside each other."""
        if share is None:
            return NO_VALUE
        return self._ltr(self._file.percent.format(n=self.number(share * 100, 1)))

    def percent_whole(self, share: float) -> str:
        """For the marks of an axis."""
        return self._ltr(self._file.percent.format(n=self.number(share * 100)))

    def points(self, value: float, *, signed: bool = False) -> str:
        return self.number(value if signed else abs(value), 1, signed=signed)

    def seconds(self, value: float) -> str:
        """At most three digits after the point, none that says nothing."""
        digits = len(f"{value:.3f}".rstrip("0").partition(".")[2])
        return self.number(value, digits)

    def in_seconds(self, value: float) -> str:
        """With its unit: `184.254 s`."""
        return self.name(f"{self.seconds(value)} {words_of(self.code).units.second}")

    def moment(self, at: int, zone: str, *, dated: bool = False) -> str:
        pattern = self._file.dated_moment if dated else self._file.moment
        return self._date(at, zone, pattern)

    def day(self, at: int, zone: str) -> str:
        return self._date(at, zone, self._file.day)

    def short_day(self, at: int, zone: str) -> str:
        return self._date(at, zone, self._file.short_day)

    def clock(self, at: int, zone: str) -> str:
        return self._date(at, zone, self._file.clock)

    def weekday(self, number: int) -> str:
        """1 is Monday."""
        return self._date(number * DAY + _SUNDAY, "UTC", self._file.weekday)

    def period(self, length: str, start: int, zone: str) -> str:
        if length == "month":
            return self._date(start, zone, self._file.month)
        if length == "day":
            return self.day(start, zone)
        first = to_datetime(start, ZoneInfo(zone)).date()
        last = to_datetime(start, ZoneInfo(zone)) + timedelta(days=6)
        return self._file.week.format(
            number=first.isocalendar().week,
            first=self.day(start, zone),
            last=format_datetime(last, self._file.day, locale=self._locale),
        )

    def _date(self, at: int, zone: str, pattern: str) -> str:
        local = to_datetime(at, ZoneInfo(zone))
        return format_datetime(local, pattern, tzinfo=ZoneInfo(zone), locale=self._locale)

    def _ltr(self, text: str) -> str:
        return _LEFT_TO_RIGHT.format(text) if self.right_to_left else text


@cache
def language_of(code: Code) -> Language:
    file = files("streams.history") / "languages" / f"{code}.toml"
    return Language(code, toml.decode(file.read_bytes(), type=_File))


ENGLISH = language_of("en")
