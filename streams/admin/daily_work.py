"""Work on the archive that is done once a day beside its writer."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from schemas.millis import DAY
from streams.sinks.clickhouse.database import Database, RefusedError, UnavailableError


class DailyWork(ABC):
    """Asked every 10 minutes by the nightly work of the archive; the first time soon after it started.

    `failed` begins the line about a failure.
    """

    failed: str

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._done_at = 0
        self._said = ""

    def turn(self, database: Database, now: int) -> None:
        """After a failure the next turn tries again; the same failure is said once."""
        if now < self._done_at + DAY:
            return
        try:
            self._work(database, now)
        except (RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"{self.failed}, tried again: {error}")
            return
        self._done_at = now

    @abstractmethod
    def _work(self, database: Database, now: int) -> None:
        """Do it, and say what was done; RefusedError, UnavailableError."""
