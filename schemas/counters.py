"""The integer counters of a queue: the one list that buckets, windows, days and history share.

Ratios are made last (schemas.formulas); counters and summed durations are what is kept and merged.
"""

from msgspec import Struct


class Counts(Struct, gc=False, omit_defaults=True):
    """Counts and sums of one window, day or interval. Legs out of hours are in `out_of_hours` alone."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    exited: int = 0
    transferred: int = 0
    callback: int = 0
    dropped: int = 0
    ghost: int = 0
    answered_in_target: int = 0
    abandoned_in_target: int = 0
    short_abandoned: int = 0
    rejected: int = 0
    out_of_hours: int = 0
    missed_offers: int = 0
    service_ended: int = 0  # answered legs whose conversation ended (or was given up as unknown)
    service_timed: int = 0  # of these, the ones with a measured conversation
    wrap_timed: int = 0  # answered legs with measured after-call work
    answer_wait_ms: int = 0  # of the answered
    abandon_wait_ms: int = 0  # of the abandoned
    talk_hold_ms: int = 0  # conversation, holds included
    wrap_ms: int = 0


COUNTERS: tuple[str, ...] = Counts.__struct_fields__
WINDOW_MINUTES: tuple[int, ...] = (1, 5, 15, 30, 60)
LEFT_OUTCOMES: tuple[str, ...] = (
    "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost",
)  # fmt: skip


def positions(names: tuple[str, ...]) -> tuple[int, ...]:
    """Where the named counters stand in a bucket, which holds them as a plain list."""
    return tuple(COUNTERS.index(name) for name in names)
