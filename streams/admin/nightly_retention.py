"""Deletes once a day what the archive need not keep any longer."""

from collections.abc import Callable

from streams.admin.daily_work import DailyWork
from streams.history.building import LEGS_A_TURN, close_before
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.retention import Keeping, delete_old, said


class NightlyRetention(DailyWork):
    failed = "old rows are not deleted"

    def __init__(self, keeping: Keeping, say: Callable[[str], None]) -> None:
        super().__init__(say)
        self._keeping = keeping

    def _work(self, database: Database, now: int) -> None:
        keeping = dict(self._keeping)
        if (kept := keeping.get("legs")) is not None:
            done = close_before(database, now, now - kept, LEGS_A_TURN)
            if done.left:
                del keeping["legs"]
                self._say(
                    f"old legs stay for now: {done.left:,} days of queues must be rolled up before"
                )
        delete_old(database, keeping, now)
        if not self._done_at:
            self._say(f"kept: {said(self._keeping)}")
