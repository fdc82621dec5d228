"""Erases once a day what Kafka brought again of forgotten callers, and links between tokens whose time is over."""

from streams.admin.daily_work import DailyWork
from streams.sinks.clickhouse.caller_links import delete_ended
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.forgetting import erase_again


class NightlyForgetting(DailyWork):
    failed = "forgotten callers are not erased again"

    def _work(self, database: Database, now: int) -> None:
        erased = erase_again(database, now)
        unlinked = delete_ended(database, now)
        if erased:
            self._say(f"erased again: {erased} rows of callers who were forgotten")
        if unlinked:
            self._say(f"{unlinked} callers' tokens of a former key cannot be joined any more")
