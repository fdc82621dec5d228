"""The order of a league: by three places, never by one figure alone.

A group has a place by each of: calls that should have been served as promised and were not, share of half hours that
missed the goal, share of callers lost. The worst has the least sum of its places; of equal sums, the one that missed more
calls. Groups of few calls, or without a service level, come last, without places.
"""

from collections.abc import Sequence

from msgspec import Struct


class Standing(Struct, frozen=True):
    """`calls_missing` may be below 0; None is no value."""

    group: str
    judged: bool  # it has a service level, of enough calls
    calls_missing: float
    share_missed: float | None  # of half hours
    share_lost: float | None


class Placed(Struct, frozen=True):
    """`place` 1 is the worst; the places by each figure are in the order of `Standing`."""

    group: str
    place: int | None
    by_calls: int | None = None
    by_half_hours: int | None = None
    by_lost: int | None = None


def placed(standings: Sequence[Standing]) -> list[Placed]:
    """The worst first; equal figures share a place."""
    judged = [each for each in standings if each.judged]
    by_calls = _places({each.group: each.calls_missing for each in judged})
    by_half_hours = _places({each.group: each.share_missed or 0.0 for each in judged})
    by_lost = _places({each.group: each.share_lost or 0.0 for each in judged})

    def order(each: Standing) -> tuple[int, float, str]:
        name = each.group
        return by_calls[name] + by_half_hours[name] + by_lost[name], -each.calls_missing, name

    ranked = [
        Placed(name, place, by_calls[name], by_half_hours[name], by_lost[name])
        for place, name in enumerate((each.group for each in sorted(judged, key=order)), start=1)
    ]
    others = sorted(each.group for each in standings if not each.judged)
    return ranked + [Placed(name, None) for name in others]


def _places(figures: dict[str, float]) -> dict[str, int]:
    """1 for the greatest."""
    return {
        name: 1 + sum(other > figure for other in figures.values())
        for name, figure in figures.items()
    }
