"""User-defined metrics: what `[[metrics]]` of queues.toml says, as it is published with the targets.

A record is not refused for a formula that this release cannot read: a later one may know more counters. Whoever computes it
says then that it has no value, and why.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from schemas.goal import ENOUGH_CALLS
from schemas.metric_formula import (
    LEGS,
    Condition,
    Formula,
    FormulaError,
    Unit,
    holds,
    read_condition,
    read_formula,
    value_of,
)
from schemas.millis import AnyMoment

Direction = Literal["higher", "lower"]
NoValue = Literal["division by 0", "no value when", "without target", "not known here", "too large"]
DIGITS: Mapping[Unit, int] = {"share": 6, "s": 3, "legs": 3, "number": 6}
_LARGEST = 10**15  # more cannot be written with three digits in the floats of JSON
Against = Literal["met", "missed", "few calls"]


class Metric(Struct, frozen=True):
    """`titles` by language; English, or the only one, where a language has none. `no_value_when`: a condition, or "".

    `valid_from` 0: from the version on that names it, the first one from the beginning of time.
    """

    name: str
    formula: str
    unit: Unit
    titles: dict[str, str] = {}
    no_value_when: str = ""
    goal: float | None = None
    direction: Direction = (
        "higher"  # which values are good: those of at least the goal, or of at most it
    )
    valid_from: AnyMoment = 0

    def title(self, language: str = "en") -> str:
        found = self.titles.get(language) or self.titles.get("en")
        return found or next(iter(self.titles.values()), self.name)

    def computes_as(self, other: "Metric") -> bool:
        """Whether a change from `other` changes no figure: then it is no new version."""
        return _computed(self) == _computed(other)


class Computed(Struct, frozen=True):
    """A value, exact; None with the reason. `divisor`: its n, None if it divides by nothing or by several things."""

    value: Fraction | None = None
    divisor: Fraction | None = None
    no_value: NoValue | None = None
    against: Against | None = None


def _computed(of: Metric) -> tuple[object, ...]:
    return of.formula, of.unit, of.no_value_when, of.goal, of.direction


def read(metric: Metric) -> tuple[Formula, Condition | None]:
    """FormulaError for what this release cannot read."""
    condition = read_condition(metric.no_value_when) if metric.no_value_when else None
    return read_formula(metric.formula), condition


def names_of(metric: Metric) -> frozenset[str]:
    """The counters that it is computed of; none if it cannot be read."""
    try:
        formula, condition = read(metric)
    except FormulaError:
        return frozenset()
    return formula.names | (condition.names if condition else frozenset())


def compute(metric: Metric, sums: Mapping[str, Fraction]) -> Computed:
    """`sums`: by name, at least those of `names_of`; `without_target` says of how many legs nothing was promised."""
    try:
        formula, condition = read(metric)
    except FormulaError:
        return Computed(no_value="not known here")
    divisor = value_of(formula.divisor.steps, sums) if formula.divisor else None
    needs_targets = formula.needs_targets or (condition is not None and condition.needs_targets)
    if needs_targets and sums.get("without_target"):
        return Computed(divisor=divisor, no_value="without target")
    value = value_of(formula.steps, sums)
    if value is None:
        return Computed(divisor=divisor, no_value="division by 0")
    if condition is not None and holds(condition, sums) is not False:
        return Computed(divisor=divisor, no_value="no value when")
    if abs(value) > _LARGEST:
        return Computed(divisor=divisor, no_value="too large")
    return Computed(value, divisor, None, _against(metric, formula, value, divisor))


def shown(value: Fraction | None, unit: Unit) -> int | float | None:
    """As every report writes it; whole legs without a point."""
    if value is None:
        return None
    if unit == "legs" and value.denominator == 1:
        return int(value)
    return float(round(value, DIGITS[unit]))


def _against(
    metric: Metric, formula: Formula, value: Fraction, divisor: Fraction | None
) -> Against | None:
    if metric.goal is None:
        return None
    goal = Fraction(str(metric.goal))  # as it was written: 0.9 is nine tenths
    if value >= goal if metric.direction == "higher" else value <= goal:
        return "met"
    # Of few legs a share or a mean says little.
    of_legs = formula.divisor is not None and formula.divisor.dimension == LEGS
    few = of_legs and divisor is not None and divisor < ENOUGH_CALLS
    return "few calls" if few else "missed"
