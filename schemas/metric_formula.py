"""The language of user-defined metrics: + - * / and parentheses over counters and numbers, checked and computed exactly.

Rule 1: a formula is computed of the sums of a group, never of figures of its parts, so that every grouping is exact.
Rule 2: numbers are fractions; only what is shown is rounded. A divisor of 0 gives no value (None).
Rule 3: legs, offers and seconds are kept apart: what cannot be added is refused where it is written, not in a report.
Rule 4: the text may be hostile. Its length, depth and numbers are limited, nothing of it is ever run as code.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NoReturn

from msgspec import Struct

from schemas.counters import COUNTER, reported_as
from schemas.printable import printable

LONGEST = 300  # characters of a formula
DEEPEST = 16  # parentheses within each other
MOST_OPERATIONS = 60
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_DIGITS = "0123456789"
_NAME = re.compile(r"[A-Za-z_][0-9A-Za-z_]*")
_ANSWERED_IN = re.compile(r"answered_in_([1-9][0-9]{0,4})_s")
_TOKEN = re.compile(r"\s*(?:([0-9][0-9A-Za-z_.]*)|([A-Za-z_][0-9A-Za-z_]*)|(<=|>=|\S))", re.ASCII)
_COMPARE = ("<", "<=", ">", ">=", "=")
Dimension = tuple[int, int, int]  # powers of legs, offers and seconds
PLAIN: Dimension = (0, 0, 0)
LEGS: Dimension = (1, 0, 0)
_OFFERS: Dimension = (0, 1, 0)
_SECONDS: Dimension = (0, 0, 1)
_WORDS = ("legs", "offers", "s")
Unit = Literal["share", "s", "legs", "number"]
_FITS: dict[Unit, tuple[Dimension, ...]] = {
    "share": (PLAIN,),
    "s": (_SECONDS, (-1, 0, 1), (0, -1, 1)),  # also of one leg, or of one offer
    "legs": (LEGS,),
}


class Operand(Struct, frozen=True):
    """What a name stands for. `needs_targets`: it says nothing of legs of queues that promised nothing."""

    name: str
    dimension: Dimension
    text: str
    needs_targets: bool = False


def _operands() -> dict[str, Operand]:
    of_unit = {"legs": LEGS, "offers": _OFFERS, "ms": _SECONDS}
    counted = [
        Operand(reported_as(name), of_unit[each.unit], each.text, each.needs_targets)
        for name, each in COUNTER.items()
    ]
    judged = [
        Operand("open", LEGS, "legs that arrived and have not left yet"),
        Operand("served_as_promised", LEGS, "legs in the numerator of their own queue's formula", needs_targets=True),
        Operand("promised_calls", LEGS, "legs in the denominator of their own queue's formula", needs_targets=True),
        Operand("without_target", LEGS, "legs that left the queue and had no target"),
    ]  # fmt: skip
    return {each.name: each for each in (*counted, *judged)}


OPERANDS: Mapping[str, Operand] = _operands()
ANSWERED_IN = "answered_in_N_s"  # N: whole seconds
ANSWERED_IN_TEXT = "legs answered with a wait of at most N seconds, call backs left out"


def operand(name: str) -> Operand | None:
    """None for a name that stands for nothing."""
    seconds = limit_of(name)
    if seconds is None:
        return OPERANDS.get(name)
    return Operand(name, LEGS, ANSWERED_IN_TEXT.replace("N", str(seconds)))


def limit_of(name: str) -> int | None:
    """The seconds of `answered_in_20_s`; None for other names."""
    found = _ANSWERED_IN.fullmatch(name)
    return None if found is None else int(found[1])


class FormulaError(ValueError):
    """One mistake; the text names its character, counted from 1."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(f"character {at + 1}: {printable(problem)}")
        self.at = at


# A step of the program, which works on a stack: a number, a name, or what two values become.
Step = Fraction | str
_OPERATIONS = frozenset("+-*/")


class Formula(Struct, frozen=True):
    """A formula that was read: its steps, its dimension, and each divisor that names a counter."""

    text: str
    steps: tuple[Step, ...]
    dimension: Dimension
    divisors: tuple["Formula", ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(
            each for each in self.steps if isinstance(each, str) and each not in _OPERATIONS
        )

    @property
    def needs_targets(self) -> bool:
        found = (operand(name) for name in self.names)
        return any(each is not None and each.needs_targets for each in found)

    @property
    def divisor(self) -> "Formula | None":
        """What it divides by, where that is one thing: the n of its value."""
        return self.divisors[0] if len(set(self.divisors)) == 1 else None


class Condition(Struct, frozen=True):
    """`left` compared with `right`, such as `offered < 20`."""

    text: str
    left: Formula
    compare: str
    right: Formula

    @property
    def names(self) -> frozenset[str]:
        return self.left.names | self.right.names

    @property
    def needs_targets(self) -> bool:
        return self.left.needs_targets or self.right.needs_targets


@lru_cache(maxsize=512)
def read_formula(text: str) -> Formula:
    """FormulaError for a text that is none."""
    reader = _Reader(text)
    found = reader.sum(0)
    reader.end()
    if not found.names:
        raise FormulaError("a metric counts something: it names no counter", 0)
    return found


@lru_cache(maxsize=512)
def read_condition(text: str) -> Condition:
    """FormulaError for a text that is none. A plain number may be compared with anything: `offered < 20`."""
    reader = _Reader(text)
    left = reader.sum(0)
    at = reader.at
    compare = reader.take()
    if compare not in _COMPARE:
        raise FormulaError(f"expected one of {' '.join(_COMPARE)}, such as offered < 20", at)
    right = reader.sum(0)
    reader.end()
    if not left.names | right.names:
        raise FormulaError("it names no counter", 0)
    plain = PLAIN in {side.dimension for side in (left, right) if not side.names}
    if left.dimension != right.dimension and not plain:
        raise FormulaError(_unlike(left.dimension, right.dimension, "compared"), at)
    return Condition(text, left, compare, right)


def check_unit(formula: Formula, unit: Unit) -> None:
    """FormulaError if what the formula computes is not of that unit; a number may be anything."""
    fits = _FITS.get(unit)
    if fits is not None and formula.dimension not in fits:
        raise FormulaError(f"it computes {in_words(formula.dimension)}, not {_ASKED[unit]}", 0)


_ASKED: dict[Unit, str] = {
    "share": "a share (legs / legs)",
    "s": "seconds, nor seconds of each leg",
    "legs": "legs",
}


def unit_of(formula: Formula) -> Unit:
    """The unit that fits; `number` where none does."""
    return next((unit for unit, fits in _FITS.items() if formula.dimension in fits), "number")


def value_of(steps: tuple[Step, ...], sums: Mapping[str, Fraction]) -> Fraction | None:
    """None for a divisor of 0. `sums` has every name of the steps; times in seconds."""
    stack: list[Fraction] = []
    for step in steps:
        if isinstance(step, Fraction):
            stack.append(step)
        elif step not in _OPERATIONS:
            stack.append(sums[step])
        else:
            right, left = stack.pop(), stack.pop()
            if step == "/" and not right:
                return None
            stack.append(_applied(step, left, right))
    return stack.pop()


def holds(condition: Condition, sums: Mapping[str, Fraction]) -> bool | None:
    """None where a side has no value."""
    left, right = value_of(condition.left.steps, sums), value_of(condition.right.steps, sums)
    if left is None or right is None:
        return None
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
    }[condition.compare]


def _applied(operation: str, left: Fraction, right: Fraction) -> Fraction:
    if operation == "+":
        return left + right
    if operation == "-":
        return left - right
    return left * right if operation == "*" else left / right


def in_words(dimension: Dimension) -> str:
    """`legs`, `s / legs`, `a plain number`."""
    above = [word for word, power in zip(_WORDS, dimension, strict=True) for _ in range(power)]
    below = [word for word, power in zip(_WORDS, dimension, strict=True) for _ in range(-power)]
    if not above and not below:
        return "a plain number"
    return " / ".join([" * ".join(above) or "1", *below])


def _unlike(left: Dimension, right: Dimension, what: str) -> str:
    return f"{in_words(left)} and {in_words(right)} cannot be {what}"


class _Reader:
    """Reads by recursive descent; only parentheses recurse, and their depth is limited."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FormulaError(f"{len(text)} characters: at most {LONGEST} are read", LONGEST)
        self._text = text
        self._tokens = list(_TOKEN.finditer(text))
        self._next = 0
        self._operations = 0

    @property
    def at(self) -> int:
        """Where the next token stands."""
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            return token.start(token.lastindex or 0)
        return len(self._text.rstrip())

    def peek(self) -> str:
        """The next token, "" at the end."""
        if self._next >= len(self._tokens):
            return ""
        token = self._tokens[self._next]
        return token[token.lastindex or 0]

    def take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def end(self) -> None:
        if self.peek():
            self._refuse("expected + - * / or the end")

    def sum(self, depth: int) -> Formula:
        found = self._product(depth)
        while self.peek() in ("+", "-"):
            at, operation = self.at, self.take()
            found = self._joined(found, operation, self._product(depth), at)
        return found

    def _product(self, depth: int) -> Formula:
        found = self._operand(depth)
        while self.peek() in ("*", "/"):
            at, operation = self.at, self.take()
            found = self._joined(found, operation, self._operand(depth), at)
        return found

    def _operand(self, depth: int) -> Formula:
        at, sign = self.at, self.peek()
        if sign == "(":
            if depth == DEEPEST:
                raise FormulaError(f"more than {DEEPEST} parentheses within each other", at)
            self.take()
            found = self.sum(depth + 1)
            if self.peek() != ")":
                self._refuse("expected )")
            self.take()
            return found
        if sign[:1] in _DIGITS and sign:
            if not _NUMBER.fullmatch(sign):
                self._refuse(
                    "a number has at most 9 digits and 6 after the point, such as 20 or 0.5; it begins with"
                )
            self.take()
            return Formula(self._text, (Fraction(sign),), PLAIN)
        if not _NAME.fullmatch(sign):
            self._refuse("expected a counter, a number or (")
        known = operand(sign)
        if known is None:
            raise FormulaError(_unknown(sign), at)
        self.take()
        return Formula(self._text, (known.name,), known.dimension)

    def _joined(self, left: Formula, operation: str, right: Formula, at: int) -> Formula:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise FormulaError(f"more than {MOST_OPERATIONS} operations", at)
        if operation in ("+", "-") and left.dimension != right.dimension:
            what = "added" if operation == "+" else "subtracted"
            raise FormulaError(_unlike(left.dimension, right.dimension, what), at)
        if operation == "/" and not right.names and not value_of(right.steps, {}):
            raise FormulaError("division by 0", at)
        sign = {"*": 1, "/": -1}.get(operation, 0)
        legs, offers, seconds = (
            one + sign * other for one, other in zip(left.dimension, right.dimension, strict=True)
        )
        divisors = (*left.divisors, *right.divisors)
        if operation == "/" and right.names:
            divisors = (*divisors, right)
        steps = (*left.steps, *right.steps, operation)
        return Formula(self._text, steps, (legs, offers, seconds), divisors)

    def _refuse(self, problem: str) -> NoReturn:
        token = self.peek()
        got = f'"{token[:20]}"' if token else "the end"
        raise FormulaError(f"{problem}, got {got}", self.at)


def _unknown(name: str) -> str:
    near = _same_words(name) or get_close_matches(name, OPERANDS, n=2, cutoff=0.6)
    hint = f" (near: {', '.join(near)})" if near else ""
    known = ", ".join((*OPERANDS, ANSWERED_IN))
    return f'there is no counter "{name[:40]}"{hint}; there are {known}'


def _same_words(name: str) -> list[str]:
    words = sorted(name.split("_"))
    return [each for each in OPERANDS if sorted(each.split("_")) == words]
