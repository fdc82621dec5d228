"""The top of an axis and its marks. Pure."""

from collections.abc import Callable
from math import ceil, floor, log10

Mark = tuple[float, str]
QUARTERS: tuple[Mark, ...] = (
    (0.0, ""), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"),
)  # fmt: skip


def round_up(most: float) -> float:
    """A number at the top of a chart whose half is one, too: 2, 4, 6, 8, 10, 20, 40 …"""
    if most <= 2:  # noqa: PLR2004
        return 2.0
    unit = 10.0 ** floor(log10(most))
    return float(next(step * unit for step in (1, 2, 4, 6, 8, 10) if step * unit >= most))


def counts(most: float, say: Callable[[int], str]) -> tuple[float, tuple[Mark, ...]]:
    """The top of an axis of counts, and the marks at its half and its top."""
    top = round_up(ceil(most))
    return top, ((0.0, ""), (top / 2, say(round(top / 2))), (top, say(round(top))))
