"""Whether event time may pass without a decision, so that most 5-second boundaries cost nothing.

A busy floor of hundreds of queues spent a quarter of its time on boundaries that decide nothing.
Rule: on the safe side. True only where no alert rule can be raised up to then.
"""

from schemas.millis import LATEST
from schemas.targets import Targets
from streams.core.line import Line
from streams.core.verdict import ABANDONED
from streams.core.windows import Windows


class Lookout:
    """Inside a minute; at whole minutes every queue is looked at anyway."""

    def __init__(self) -> None:
        self.looked_to = 0  # boundaries up to here decide nothing, though nobody stepped there
        self._abandoned_now = 0  # abandons counted when the newest minute was cut
        self._abandoned_before = 0  # … and the one before it

    def pass_minute(self, added: list[int]) -> None:
        self._abandoned_before, self._abandoned_now = self._abandoned_now, added[ABANDONED]

    def quiet_until(
        self, target: int, targets: Targets | None, line: Line, windows: Windows, added: list[int]
    ) -> int:
        """A time up to which no rule can be raised unless a new fact comes; below `target`: look."""
        if targets is None:
            return LATEST
        wait, share = targets.oldest_wait_alert, targets.abandonment_alert
        if share is not None:
            # All abandons since the last but one minute may be missing in the sums of the windows.
            new = added[ABANDONED] - self._abandoned_before
            if windows.lost + new > share.raise_above * share.minimum:
                return target - 1
        return LATEST if wait is None else line.none_waits_longer_until(wait.raise_above_ms)
