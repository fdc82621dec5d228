"""Sentences of history for people: a name and typed values, said in a language by its catalogue.

The catalogues (`languages/`) have one text for each name, and of some names one for each length of a period. A value
keeps its type, so that each language writes numbers, shares and times in its own way.
"""

from collections.abc import Mapping

from msgspec import Struct

from schemas.periods import Kind
from streams.history.language import ENGLISH, NO_VALUE, Language

Length = Kind  # of the period that a report is about


class Share(Struct, frozen=True, tag="share"):
    """Shown in percent with one digit; None: no value."""

    value: float | None


class Points(Struct, frozen=True, tag="points"):
    """Percentage points; with a sign if `signed`."""

    value: float
    signed: bool = False


class Moment(Struct, frozen=True, tag="moment"):
    """`at` in ms on the clock of `zone`; with its year where it may lie years from the period."""

    at: int
    zone: str
    dated: bool = False


class Day(Struct, frozen=True, tag="day"):
    """The local day in which `at` (ms) lies."""

    at: int
    zone: str


class Seconds(Struct, frozen=True, tag="seconds"):
    value: float


class Span(Struct, frozen=True, tag="span"):
    """A period by its name: `October 2026`. `start` in ms on the clock of `zone`."""

    length: Length
    start: int
    zone: str


class Sentence(Struct, frozen=True, tag="sentence"):
    """A value may be a sentence itself: then it is a part of this one."""

    name: str
    values: Mapping[str, "Value"] = {}
    length: Length = "month"

    @property
    def text(self) -> str:
        """In English."""
        return self.said(ENGLISH)

    def said(self, language: Language) -> str:
        return language.text(self.name, self.length).format(**self._said_values(language))

    def lead(self, language: Language) -> str:
        """Its beginning, where that says whom it is about; else empty."""
        return language.lead(self.name).format(**self._said_values(language))

    def _said_values(self, language: Language) -> dict[str, str]:
        return {key: said(value, language) for key, value in self.values.items()}


Value = int | str | Share | Points | Moment | Day | Seconds | Span | Sentence | None


def sentence(name: str, length: Length = "month", /, **values: Value) -> Sentence:
    return Sentence(name, values, length)


def said(value: Value, language: Language) -> str:
    """Names are kept apart from the writing around them, so that none turns it round."""
    match value:
        case None:
            return NO_VALUE
        case str():
            return language.name(value)
        case int():
            return language.number(value)
        case Share():
            return language.percent(value.value)
        case Points():
            return language.points(value.value, signed=value.signed)
        case Moment():
            return language.moment(value.at, value.zone, dated=value.dated)
        case Day():
            return language.day(value.at, value.zone)
        case Seconds():
            return language.seconds(value.value)
        case Span():
            return language.period(value.length, value.start, value.zone)
        case Sentence():
            return value.said(language)
