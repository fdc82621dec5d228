"""Deletes once a day what the archive need not keep any longer."""

from collections.abc import Callable

from schemas.millis import DAY
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError
from streams.sinks.clickhouse.retention import Keeping, delete_old, said


class NightlyRetention:
    """Asked every 10 minutes by the nightly work of the archive; the first time soon after it started."""

    def __init__(self, keeping: Keeping, say: Callable[[str], None]) -> None:
        self._keeping = keeping
        self._say = say
        self._done_at = 0
        self._said = ""

    def turn(self, reader: Reader, now: int) -> None:
        """After a failure the next turn tries again."""
        if now < self._done_at + DAY:
            return
        try:
            delete_old(reader, self._keeping, now)
        except (RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"old rows are not deleted, tried again: {error}")
            return
        if not self._done_at:
            self._say(f"kept: {said(self._keeping)}")
        self._done_at = now
