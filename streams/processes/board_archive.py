"""The archive as the board asks it: `history`'s own questions, each on a connection of its own, closed after the answer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dashboards.wallboard.past import ArchiveSilentError
from schemas.half_hours import MinuteOfQueue, PastDays
from schemas.past_figures import PastAsked, PastTold
from streams.history.last_minutes import last_minutes
from streams.history.past_days import past_days
from streams.history.past_figures import past_figures
from streams.sinks.clickhouse.database import Reader, RefusedError, UnavailableError


class BoardArchive:
    """Satisfies `dashboards.wallboard.past.Archive`; `opened` gives a reader, whose own limits end a question that takes too long."""

    def __init__(self, opened: Callable[[], Reader]) -> None:
        self._opened = opened

    def past_days(self, queues: tuple[str, ...], now: int) -> PastDays:
        with self._asked() as reader:
            return past_days(reader, queues, now)

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        with self._asked() as reader:
            return past_figures(reader, asked, now)

    def last_minutes(self, now: int) -> Sequence[MinuteOfQueue]:
        with self._asked() as reader:
            return list(last_minutes(reader, now))

    @contextmanager
    def _asked(self) -> Iterator[Reader]:
        try:
            reader = self._opened()
            try:
                yield reader
            finally:
                reader.close()
        except (UnavailableError, RefusedError) as error:
            raise ArchiveSilentError(str(error).splitlines()[0]) from None
