"""A day told as events, with everything that the archive would hold of it, row by row."""

from schemas.tables import TABLES
from schemas.targets import Targets
from streams.sinks.clickhouse.database import Database, Row
from streams.sinks.clickhouse.records import Source, rows_of
from streams.sinks.clickhouse.rows import leg_row, minute_rows, quarantine_row
from streams.sinks.clickhouse.target_rows import target_rows
from tests.support.story import Story


class ArchivedStory(Story):
    """A checkpoint after each event and each publication, so that every version of every leg is written."""

    def say_bytes(self, value: bytes, appended_at: int) -> "ArchivedStory":
        super().say_bytes(value, appended_at)
        self.outputs.take(self.unit)
        return self

    def publish(self, *promises: Targets, valid_from: str = "00:00") -> "ArchivedStory":
        super().publish(*promises, valid_from=valid_from)
        self.outputs.take(self.unit)
        return self

    def event_rows(self) -> list[Row]:
        return [
            row
            for record in self.records
            for _, row in rows_of(
                Source("calls", 0, record.offset, record.timestamp, record.key, record.value)
            )
        ]

    def version_rows(self) -> list[Row]:
        return [leg_row(leg) for leg in self.outputs.versions]

    def keep(self, database: Database) -> None:
        """All of it into the database, as the archive writes it."""
        self.outputs.take(self.unit)
        placed: dict[str, list[Row]] = {
            "leg_versions": self.version_rows(),
            "events": self.event_rows(),
            "minutes": [row for m in self.outputs.minutes.values() for row in minute_rows(m)],
            "quarantine": [quarantine_row(each) for each in self.outputs.quarantined],
            "targets": [row for version in self.versions for row in target_rows(version)],
        }
        for table, rows in placed.items():
            database.insert(table, TABLES[table], rows)
