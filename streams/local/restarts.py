"""When a child that ended is started again: soon at first, then after longer pauses, without an end."""

from collections.abc import Sequence
from itertools import takewhile

from streams.plumbing.backoff import pause_after

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
STEADY_AFTER_S = 30.0  # a run of this length is no failed start: the pauses begin anew


def restart_delay_s(runs_s: Sequence[float]) -> float:
    """Seconds to wait after the last of `runs_s` (how long each run lasted, oldest first)."""
    short = takewhile(lambda run_s: run_s < STEADY_AFTER_S, reversed(runs_s))
    return pause_after(sum(1 for _ in short), FIRST_DELAY_S, LONGEST_DELAY_S)
