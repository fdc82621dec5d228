"""Profiles of a queue: `profile(per_slot=15)` expects 15 calls in each quarter of an hour of the week."""

from collections.abc import Callable

from schemas.profiles import SLOTS, Profile
from tests.support.builders import BILLING


def profile(
    queue: str = BILLING,
    *,
    per_slot: float | Callable[[int, int], float | None] = 15.0,
    version: int = 1,
    valid_from: int = 0,
    zone: str = "UTC",
    dispersion: float = 1.0,
) -> Profile:
    """`per_slot` may be a function of weekday (Monday 0) and slot."""
    of = per_slot if callable(per_slot) else lambda _day, _slot: per_slot
    days = tuple(tuple(of(day, slot) for slot in range(SLOTS)) for day in range(7))
    return Profile(queue, version, valid_from, valid_from, zone, 0, 0, dispersion, days)
