"""Erases once a day what Kafka brought again of forgotten callers, and links between tokens whose time is over."""

from collections.abc import Callable

from schemas.millis import DAY
from streams.sinks.clickhouse.caller_links import delete_ended
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError
from streams.sinks.clickhouse.forgetting import erase_again


class NightlyForgetting:
    """Asked every 10 minutes by the nightly work of the archive; the first time soon after it started."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._done_at = 0
        self._said = ""

    def turn(self, reader: Reader, now: int) -> None:
        """After a failure the next turn tries again."""
        if now < self._done_at + DAY:
            return
        try:
            erased = erase_again(reader, now)
            unlinked = delete_ended(reader, now)
        except (RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"forgotten callers are not erased again, tried again: {error}")
            return
        self._done_at = now
        if erased:
            self._say(f"erased again: {erased} rows of callers who were forgotten")
        if unlinked:
            self._say(f"{unlinked} callers' tokens of a former key cannot be joined any more")
