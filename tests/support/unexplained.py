"""Legs in which the books do not balance, as each queue's snapshot tells them."""

from streams.core.calls_unit import CallsUnit
from streams.core.snapshot import unexplained_legs


def unexplained_by_queue(unit: CallsUnit) -> dict[str, int]:
    """By queue, 0 for those that balance."""
    return {queue: unexplained_legs(monitor) for queue, monitor in unit.monitors.items()}
