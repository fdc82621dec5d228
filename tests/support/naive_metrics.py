"""A naive reader of legs for user-defined metrics, written apart from the product: loops over rows, formulas as Python."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from schemas.legs import LegRow
from schemas.metrics import Metric
from tests.support.promising import is_judged


@dataclass
class Legs:
    """The judged legs of a group that arrived in a span."""

    rows: list[LegRow]

    def n(self, of: Callable[[LegRow], bool]) -> Fraction:
        return Fraction(sum(map(of, self.rows)))

    @property
    def offered(self) -> Fraction:
        return self.n(lambda row: row.outcome != "rejected")

    @property
    def answered(self) -> Fraction:
        return self.n(lambda row: row.outcome == "answered")

    @property
    def short(self) -> Fraction:
        return self.n(lambda row: row.outcome == "abandoned" and row.short)

    @property
    def voice_answered(self) -> list[LegRow]:
        return [row for row in self.rows if row.outcome == "answered" and row.channel != "callback"]

    def soon(self, seconds: int) -> Fraction:
        return Fraction(sum((row.wait_ms or 0) <= seconds * 1000 for row in self.voice_answered))

    @property
    def wait_s(self) -> Fraction:
        return Fraction(sum(row.wait_ms or 0 for row in self.voice_answered), 1000)

    @property
    def without_target(self) -> bool:
        return any(
            row.answer_within_ms is None
            for row in self.rows
            if row.outcome not in ("open", "rejected", "ghost")
        )


def legs_of(rows: Iterable[LegRow], start: int, end: int) -> Legs:
    return Legs([row for row in rows if is_judged(row, start, end)])


def _soon(of: Legs) -> Fraction | None:
    below = of.offered - of.short
    return (of.soon(20) + of.short) / below if below and not of.without_target else None


def _mean_wait(of: Legs) -> Fraction | None:
    n = len(of.voice_answered)
    return of.wait_s / n if n else None


def _answered(of: Legs) -> Fraction | None:
    return of.answered / of.offered if of.offered >= 40 else None


def _not_answered(of: Legs) -> Fraction | None:
    return of.offered - of.answered


METRICS: dict[str, tuple[Metric, Callable[[Legs], Fraction | None]]] = {
    "soon": (
        Metric(
            "soon", "(answered_in_20_s + short_abandoned) / (offered - short_abandoned)", "share",
            {"en": "Answered soon", "id": "Segera dijawab"}, goal=0.5,
        ),
        _soon,
    ),
    "mean_wait": (
        Metric(
            "mean_wait", "(answer_wait_s - callback_answer_wait_s) / (answered - callback_answered)", "s",
            goal=25, direction="lower",
        ),
        _mean_wait,
    ),
    "answered_of_many": (
        Metric("answered_of_many", "1 - (offered - answered) / offered", "share", no_value_when="offered < 40"),
        _answered,
    ),
    "not_answered": (Metric("not_answered", "offered - answered", "legs"), _not_answered),
}  # fmt: skip
