"""Exponential back-off: each pause between tries is twice as long as the one before, up to a limit."""

from collections.abc import Callable

_MOST_DOUBLINGS = 30  # after a night of failures the power of two would not fit a float
_SHORTENED_BY = 0.2


def pause_after(failures: int, first_s: float, most_s: float) -> float:
    """Seconds to wait after `failures` failures in a row; 1 is the first."""
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return min(most_s, first_s * (1 << doublings))


class Backoff:
    """Counts the failures in a row of one piece of work.

    `chance` returns random numbers from 0 to 1. With it each pause is shortened by up to a fifth;
    without it, several processes would all try at once when a server comes back.
    """

    def __init__(
        self, first_s: float, most_s: float, chance: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._chance = chance
        self._failures = 0

    def pause_s(self) -> float:
        """Seconds to wait after one more failure."""
        self._failures += 1
        pause = pause_after(self._failures, self._first_s, self._most_s)
        return pause * (1 - _SHORTENED_BY * self._chance())

    def reset(self) -> None:
        """The work succeeded."""
        self._failures = 0
