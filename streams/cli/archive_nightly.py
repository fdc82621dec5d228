"""The archive reconciles each day once late facts no longer change it, and tells what it found."""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from msgspec import Struct

from streams.cli.reconcile import reconciled

FIRST_AFTER_S = 60.0
EVERY_S = 600.0
_CAUGHT_UP_WITHIN_S = 60.0


class Reconciliation(Struct, frozen=True):
    """Of the newest day: how many figures differ, by queue; where it began (s since 1970)."""

    day: str = ""
    day_start_s: float | None = None
    differing: dict[str, int] = {}


class Nightly:
    """A thread of its own; `reading` is replaced whole, so that a scrape sees one day."""

    def __init__(
        self, bootstrap: str, namespace: str, reader: Any, say: Callable[[str], None]
    ) -> None:
        self.reading = Reconciliation()
        self._bootstrap = bootstrap
        self._namespace = namespace
        self._reader = reader
        self._say = say
        self._said = ""

    def started(self, stop: threading.Event) -> Self:
        def turns() -> None:
            pause_s = FIRST_AFTER_S
            while not stop.wait(pause_s):
                try:
                    self.turn(time.time_ns() // 1_000_000)
                except Exception as error:  # noqa: BLE001 - the next night is compared all the same
                    if not stop.is_set():  # else the database was closed under it
                        self._say(f"reconciliation failed: {type(error).__name__}: {error}")
                pause_s = EVERY_S

        threading.Thread(target=turns, name="nightly", daemon=True).start()
        return self

    def turn(self, now: int) -> None:
        """Reconcile the newest settled day, unless that was done; a failure is tried again next time."""
        from streams.admin.broker import AdminError
        from streams.history.catalogue import read_zone
        from streams.history.question import HistoryError
        from streams.history.reconcile import settled_day
        from streams.sinks.clickhouse.database import RefusedError, UnavailableError

        try:
            day = settled_day(now, read_zone(self._reader, now))
            if day == self.reading.day:
                return
            self._take(
                *reconciled(
                    self._bootstrap, self._namespace, self._reader, day, _CAUGHT_UP_WITHIN_S
                )
            )
        except (AdminError, HistoryError, RefusedError, UnavailableError) as error:
            if str(error) != self._said:
                self._said = str(error)
                self._say(f"not reconciled, tried again every {EVERY_S / 60:g} minutes: {error}")

    def _take(self, found: Any, legs: Any) -> None:
        from streams.history.reconcile import conclusion

        differing = found.differing()
        starts = [each.start for each in found.days]
        self.reading = Reconciliation(
            found.day,
            min(starts) / 1000 if starts else None,
            {queue: len(differing.get(queue, ())) for queue in found.queues()},
        )
        self._say(f"reconciled {conclusion(found, legs)}")
        for leg in legs[:20]:
            self._say(
                f"  leg {leg.leg_id} of {leg.queue}: {leg.column} is {leg.in_archive} in the archive,"
                f" {leg.by_events} by its events"
            )
