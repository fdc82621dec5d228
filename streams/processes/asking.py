"""Asks the archive, while a file is sent, what it knows already of its legs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from producers.calls_out_of_hours import Hours
from producers.handing_over import WallClock
from producers.sending import ToHistory
from schemas.calls import FinishedLeg
from schemas.millis import SECOND
from streams.history.catalogue import read_catalogue
from streams.history.known_legs import compare
from streams.sinks.clickhouse.database import RefusedError, UnavailableError

_RESTARTED_WITHIN_MS = 20 * SECOND  # `up` starts an archive that died again within seconds
_PAUSE_S = 0.5


class AskArchive:
    """Satisfies `producers.sending.AskHistory`; after the first failure it asks no more.

    `problem`: why the archive could not be asked, one line; empty while it can.
    """

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.problem = ""

    def wait(self, clock: WallClock, stream: TextIO) -> bool:
        """Wait until it answers, at most 20 s, and say whether it does; `stream` is told once.

        What is sent unasked takes back what history knows of a call and the file leaves out: a restart of a
        second must not cost that.
        """
        until = clock.now() + _RESTARTED_WITHIN_MS
        is_told = False
        while True:
            try:
                self._reader.execute("SELECT 1")
            except UnavailableError as error:
                if clock.now() >= until:
                    return False
                if not is_told:
                    first = str(error).splitlines()[0]
                    print(f"queuewatch: waiting for the archive: {first}", file=stream)
                    is_told = True
                clock.sleep(_PAUSE_S)
            except RefusedError:
                return False  # said when it is asked
            else:
                return True

    def __call__(self, legs: Sequence[FinishedLeg]) -> list[ToHistory] | None:
        if self.problem:
            return None
        try:
            found = compare(self._reader, legs)
        except (UnavailableError, RefusedError) as error:
            self.problem = str(error).splitlines()[0]
            return None
        return [ToHistory(each.known, each.changed, each.other, each.kept) for each in found]

    def hours(self, moment: int) -> dict[str, Hours]:
        """The opening hours that held at `moment`, by queue; none if the archive cannot be asked."""
        if self.problem:
            return {}
        try:
            found = read_catalogue(self._reader, moment).queues
        except (UnavailableError, RefusedError) as error:
            self.problem = str(error).splitlines()[0]
            return {}
        return {queue: Hours(each.opening, each.time_zone) for queue, each in found.items()}


@contextmanager
def asking(opened: Callable[[], Any]) -> Iterator[AskArchive]:
    """`opened` makes a reader of the archive."""
    reader = opened()
    try:
        yield AskArchive(reader)
    finally:
        reader.close()
