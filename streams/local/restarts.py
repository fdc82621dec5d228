"""When a child that ended starts again: soon at first, then more slowly, and never given up."""

from collections.abc import Sequence

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
STEADY_AFTER_S = 30.0  # who ran this long had started well


def restart_delay_s(runs_s: Sequence[float]) -> float:
    """Seconds to wait after the last of `runs_s` (how long each run lasted, oldest first)."""
    short = 0
    for run_s in reversed(runs_s):
        if run_s >= STEADY_AFTER_S:
            break
        short += 1
    # A limited exponent: after a night of failures the number would be astronomical.
    doubled: int = 1 << min(max(short - 1, 0), 10)
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * doubled)
