"""Every ratio and mean by name, as sums of counters; Python, SQL and PromQL come from this one table.

The names and variants are explained in docs/definitions.md. With a denominator of zero there is no value
(None).
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from schemas.counters import COUNTER, Counts, positions, sql_condition

FormulaName = Literal[
    "answered_only",
    "offered",
    "abandons_in_target_ignored",
    "abandons_in_target_good",
    "short_abandons_ignored",
]

_BASE = ("answered", "abandoned", "exited", "transferred", "callback", "dropped")


class Formula(Struct, frozen=True):
    """A ratio: the sum of `numerator` counters over the sum of `denominator` less `excluded`.

    A mean is a ratio, too: summed milliseconds over legs. Excluded counters must be part of the added ones;
    what two of them both take off (a call back that is a short abandon) is added once more.
    """

    name: str
    title: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    excluded: tuple[str, ...] = ()  # subtracted from the denominator
    numerator_excluded: tuple[str, ...] = ()


# Who is rung back did not wait in the line: a level over both would hide how long callers wait there.
_GOOD = ("answered_in_target",)
_GOOD_CALLBACKS = ("callback_answered_in_target",)
SERVICE_LEVELS: tuple[Formula, ...] = (
    Formula(
        "sl_answered_only",
        "answered within target / answered, call backs left out",
        _GOOD,
        ("answered",),
        ("callback_answered",),
        _GOOD_CALLBACKS,
    ),
    Formula(
        "sl_offered",
        "answered within target / all that left the queue, call backs left out",
        _GOOD,
        _BASE,
        ("callback_left",),
        _GOOD_CALLBACKS,
    ),
    Formula(
        "sl_abandons_in_target_ignored",
        "answered within target / all that left, less abandons within target, call backs left out",
        _GOOD,
        (*_BASE, "callback_abandoned_in_target"),
        ("callback_left", "abandoned_in_target"),
        _GOOD_CALLBACKS,
    ),
    Formula(
        "sl_abandons_in_target_good",
        "answered or abandoned within target / all that left, call backs left out",
        (*_GOOD, "abandoned_in_target"),
        _BASE,
        ("callback_left",),
        (*_GOOD_CALLBACKS, "callback_abandoned_in_target"),
    ),
    Formula(
        "sl_short_abandons_ignored",
        "answered within target / all that left, less short abandons, call backs left out",
        _GOOD,
        (*_BASE, "callback_short_abandoned"),
        ("callback_left", "short_abandoned"),
        _GOOD_CALLBACKS,
    ),
)
ABANDONMENTS: tuple[Formula, ...] = (
    Formula("abandonment_ab1", "abandoned / all that left the queue", ("abandoned",), _BASE),
    Formula(
        "abandonment_ab2",
        "abandons that were not short / all that left, less short abandons",
        ("abandoned",),
        _BASE,
        ("short_abandoned",),
        ("short_abandoned",),
    ),
    Formula(
        "unanswered_ab7",
        "not answered / all that left or were refused",
        (*_BASE, "rejected"),
        (*_BASE, "rejected"),
        (),
        ("answered",),
    ),
)
ASA = Formula(
    "asa",
    "mean wait of the answered, call backs left out",
    ("answer_wait_ms",),
    ("answered",),
    ("callback_answered",),
    ("callback_answer_wait_ms",),
)
TIME_TO_ABANDON = Formula(
    "mean_time_to_abandon",
    "mean wait of the abandoned whose wait is known",
    ("abandon_wait_ms",),
    ("abandoned",),
    ("abandoned_wait_unknown",),
)
TALK_HOLD = Formula(
    "aht_talk_hold", "mean conversation, holds included", ("talk_hold_ms",), ("service_timed",)
)
WRAP = Formula("wrap", "mean after-call work", ("wrap_ms",), ("wrap_timed",))
FORMULAS: tuple[Formula, ...] = SERVICE_LEVELS + ABANDONMENTS
_BY_NAME = {formula.name: formula for formula in FORMULAS}


def formula(name: str) -> Formula:
    """The formula of that name; KeyError for another."""
    return _BY_NAME[name]


def service_level(name: FormulaName) -> Formula:
    """The service level that `formula = …` of queues.toml names."""
    return _BY_NAME[f"sl_{name}"]


def numerator(rule: Formula, counts: Counts) -> int:
    return _sum(rule.numerator, rule.numerator_excluded)(counts)


def denominator(rule: Formula, counts: Counts) -> int:
    return _sum(rule.denominator, rule.excluded)(counts)


@cache
def good_and_all(name: FormulaName) -> Callable[[Counts], tuple[int, int]]:
    """Numerator and denominator of the service level that `formula = …` of queues.toml names, in one look."""
    return _both_of(service_level(name))


@cache
def good_and_all_by_place(name: FormulaName) -> Callable[[Sequence[int]], tuple[int, int]]:
    """The same of counters in the order of `COUNTERS`, as the stream keeps its sums: a look at each queue and minute makes no
    `Counts` of them.
    """
    return above_and_below_by_place(service_level(name))


def above_and_below_by_place(rule: Formula) -> Callable[[Sequence[int]], tuple[int, int]]:
    """The same of any formula."""
    above = _terms(rule.numerator, rule.numerator_excluded, _by_place)
    below = _terms(rule.denominator, rule.excluded, _by_place)
    code = f"lambda counts: ({above}, {below})"
    found: Callable[[Sequence[int]], tuple[int, int]] = eval(code, {})  # noqa: S307 - our own names
    return found


def above_and_below(rule: Formula) -> Callable[[Counts], tuple[int, int]]:
    """Numerator and denominator of any formula, in one look; for what is asked so often that to find it costs more."""
    return _both_of(rule)


def ratio(rule: Formula, counts: Counts, waiting_past_target: int = 0) -> float | None:
    """The ratio, or None for a zero denominator.

    `waiting_past_target` makes the *live* service level: a caller who still waits past T is a miss.
    """
    above, below = _both_of(rule)(counts)
    below += waiting_past_target
    return above / below if below > 0 else None


def sql(rule: Formula, column: Callable[[str], str] = str) -> tuple[str, str]:
    """Numerator and denominator as SQL or PromQL; `column` gives the expression of each counter."""

    def terms(plus: tuple[str, ...], minus: tuple[str, ...]) -> str:
        kept = [name for name in plus if name not in minus]
        gone = [name for name in minus if name not in plus]
        return " + ".join(column(name) for name in kept) + "".join(
            f" - {column(name)}" for name in gone
        )

    return terms(rule.numerator, rule.numerator_excluded), terms(rule.denominator, rule.excluded)


def sql_population(rule: Formula) -> str:
    """Which legs the denominator counts, as a condition over the columns of table `legs`."""

    def any_of(names: tuple[str, ...]) -> str:
        return " OR ".join(f"({sql_condition(COUNTER[name])})" for name in names)

    left_out = f" AND NOT ({any_of(rule.excluded)})" if rule.excluded else ""
    return f"({any_of(rule.denominator)}){left_out}"


def _both_of(rule: Formula) -> Callable[[Counts], tuple[int, int]]:
    return _both(rule.numerator, rule.numerator_excluded, rule.denominator, rule.excluded)


@lru_cache(maxsize=256)
def _sum(plus: tuple[str, ...], minus: tuple[str, ...]) -> Callable[[Counts], int]:
    """The sum that one would write by hand: screens and alert rules ask for the same few formulas all day."""
    found: Callable[[Counts], int] = eval(f"lambda counts: {_terms(plus, minus)}", {})  # noqa: S307 - our own names
    return found


@lru_cache(maxsize=256)
def _both(
    plus: tuple[str, ...],
    minus: tuple[str, ...],
    below_plus: tuple[str, ...],
    below_minus: tuple[str, ...],
) -> Callable[[Counts], tuple[int, int]]:
    """Numerator and denominator, in the same way."""
    above, below = _terms(plus, minus), _terms(below_plus, below_minus)
    found: Callable[[Counts], tuple[int, int]] = eval(f"lambda counts: ({above}, {below})", {})  # noqa: S307 - our own names
    return found


def _by_name(counter: str) -> str:
    return f"counts.{counter}"


def _by_place(counter: str) -> str:
    return f"counts[{positions((counter,))[0]}]"


def _terms(
    plus: tuple[str, ...], minus: tuple[str, ...], read: Callable[[str], str] = _by_name
) -> str:
    terms = [f"+ {read(name)}" for name in plus] + [f"- {read(name)}" for name in minus]
    return f"0 {' '.join(terms)}"
