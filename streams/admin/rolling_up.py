"""Rolls up, beside the writer of the archive, what legs have changed since.

Once a day it compares the newest day that late facts no longer change with its legs, and deletes former roll-ups.
"""

from collections.abc import Callable

from schemas.millis import DAY
from schemas.timing import SETTLED_AFTER_MS
from streams.history.building import LEGS_A_TURN, build_some, prune
from streams.history.rolled_check import build_again, differing
from streams.sinks.clickhouse.database import Database, RefusedError, UnavailableError


class RollingUp:
    """Asked every 10 minutes by the nightly work of the archive."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = ""
        self._checked_at = 0

    def turn(self, database: Database, now: int) -> None:
        """After a failure the next turn tries again; the same failure is said once. Until then questions read legs."""
        try:
            if now >= self._checked_at + DAY:
                self._check(database, now - SETTLED_AFTER_MS - DAY)
                prune(database)
                self._checked_at = now
            done = build_some(database, now, now, LEGS_A_TURN)
        except (RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"not rolled up, reports read legs; tried again: {error}")
            return
        self._said = ""
        if done.left:
            self._say(
                f"rolled up {done.built:,} days of queues; reports read legs of {done.left:,} more until the next turns"
            )
        elif done.built:
            self._say(f"rolled up {done.built:,} days of queues")

    def _check(self, database: Database, day: int) -> None:
        found = differing(database, day)
        build_again(database, found)
        for each in found:
            self._say(f"rolled up otherwise than its legs say, built again: {each}")
