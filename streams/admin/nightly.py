"""Reconciles each business day once, when late facts can no longer change it, and logs the result."""

import threading
from collections.abc import Callable, Sequence

from streams.admin.broker import AdminError
from streams.admin.reconciliation import Reconciliation, reconciled
from streams.history.catalogue import read_zone
from streams.history.question import HistoryError
from streams.history.reconcile import conclusion, settled_day
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.database import Database, Reader, RefusedError, UnavailableError
from streams.sinks.clickhouse.series import ComparedDay

FIRST_AFTER_S = 60.0
EVERY_S = 600.0
_CAUGHT_UP_WITHIN_S = 60.0
_LEGS_LOGGED = 20


class NightlyReconciliation:
    """Runs in a thread of its own; `compared` is replaced whole, so that a scrape sees one day only."""

    def __init__(
        self,
        bootstrap: str,
        namespace: str,
        say: Callable[[str], None],
        also: Sequence[Callable[[Database, int], None]] = (),
    ) -> None:
        """`also` is done after it, in the same thread: a connection to the database serves one at a time."""
        self.compared = ComparedDay()
        self._bootstrap = bootstrap
        self._namespace = namespace
        self._say = say
        self._said = ""
        self._also = also

    def start(self, database: Database, stop: threading.Event) -> None:
        """Check every 10 minutes, until `stop`, whether another day is to be compared."""

        def turns() -> None:
            pause_s = FIRST_AFTER_S
            while not stop.wait(pause_s):
                for turn in (self.turn, *self._also):
                    try:
                        turn(database, now_ms())
                    except Exception as error:  # noqa: BLE001  a failure must not end the thread
                        if (
                            not stop.is_set()
                        ):  # a failure during a stop: the database was closed meanwhile
                            self._say(f"nightly work failed: {type(error).__name__}: {error}")
                pause_s = EVERY_S

        threading.Thread(target=turns, name="nightly", daemon=True).start()

    def turn(self, reader: Reader, now: int) -> None:
        """Reconcile the newest settled day, unless that was done; after a failure, the next turn tries again."""
        try:
            day = settled_day(now, read_zone(reader, now))
            if day != self.compared.day:
                self._take(
                    reconciled(
                        self._bootstrap, self._namespace, reader, day, now, _CAUGHT_UP_WITHIN_S
                    )
                )
        except (AdminError, HistoryError, RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"not reconciled, tried again every {EVERY_S / 60:g} minutes: {error}")

    def _take(self, result: Reconciliation) -> None:
        found = result.found
        differing = found.differing()
        starts = [each.start for each in found.days]
        self.compared = ComparedDay(
            found.day,
            min(starts) / 1000 if starts else None,
            {queue: len(differing.get(queue, ())) for queue in found.queues()},
        )
        self._say(f"reconciled {conclusion(found, result.legs)}")
        for leg in result.legs[:_LEGS_LOGGED]:
            self._say(
                f"  leg {leg.leg_id} of {leg.queue}: {leg.column} is {leg.in_archive} in the archive,"
                f" {leg.by_events} by its events"
            )
