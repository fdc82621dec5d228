"""What an alert costs: how many callers were answered too late and how many hung up, from its onset to its end.

Rule: what left the queue within `[onset, end)` is counted, by the 5-second buckets of the windows. These are kept for
an hour: of an alert that lasts longer, the older part is added up before they go.
"""

from msgspec import Struct

from schemas.counters import positions
from schemas.millis import MINUTE
from streams.core.windows import Windows

_SUMMED_AFTER_MS = 45 * MINUTE  # well before the buckets go
_KEPT_OPEN_MS = 30 * MINUTE  # what is told so late is counted still
_COUNTED = positions(("answered", "answered_in_target", "abandoned", "short_abandoned"))


class Cost(Struct, gc=False):
    """Counted in `[onset, counted_to)`."""

    counted_to: int
    late_calls: int = 0  # answered with a wait over T
    abandoned: int = 0  # short abandons left out


def cost_until(cost: Cost, windows: Windows, at: int) -> Cost:
    """The same counted on to the boundary `at`."""
    answered, in_target, abandoned, short = windows.counted(cost.counted_to, at, _COUNTED)
    return Cost(at, cost.late_calls + answered - in_target, cost.abandoned + abandoned - short)


def kept(cost: Cost, windows: Windows, at: int, target: int) -> Cost:
    """As of the boundary `at`, from which time goes on to `target`: where buckets are to go, what will be older than
    half an hour is added up for good.
    """
    if target - cost.counted_to <= _SUMMED_AFTER_MS:
        return cost
    return cost_until(cost, windows, min(at, target - _KEPT_OPEN_MS))
