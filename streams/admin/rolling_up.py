"""Rolls up, beside the writer of the archive, what legs have changed since; and deletes former roll-ups once a day."""

from collections.abc import Callable

from schemas.millis import DAY
from streams.history.building import build_all, prune
from streams.sinks.clickhouse.database import Database, RefusedError, UnavailableError


class RollingUp:
    """Asked every 10 minutes by the nightly work of the archive."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = ""
        self._pruned_at = 0

    def turn(self, database: Database, now: int) -> None:
        """After a failure the next turn tries again; the same failure is said once. Until then questions read legs."""
        try:
            done = build_all(database, now, now)
            if now >= self._pruned_at + DAY:
                prune(database)
                self._pruned_at = now
        except (RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"not rolled up, reports read legs; tried again: {error}")
            return
        self._said = ""
        if done:
            self._say(f"rolled up {done:,} days of queues")
