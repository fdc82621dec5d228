"""Deletes once a day what the archive need not keep any longer."""

from collections.abc import Callable

from streams.admin.daily_work import DailyWork
from streams.history.building import close_before
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.retention import Keeping, delete_old, said


class NightlyRetention(DailyWork):
    failed = "old rows are not deleted"

    def __init__(self, keeping: Keeping, say: Callable[[str], None]) -> None:
        super().__init__(say)
        self._keeping = keeping

    def _work(self, database: Database, now: int) -> None:
        if (kept := self._keeping.get("legs")) is not None:
            close_before(database, now, now - kept)
        delete_old(database, self._keeping, now)
        if not self._done_at:
            self._say(f"kept: {said(self._keeping)}")
