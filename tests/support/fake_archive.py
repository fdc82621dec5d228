"""An archive that answers from lists: each question by the table that it names first."""

import re
from typing import Any

from streams.sinks.clickhouse.database import Answer


class FakeArchive:
    """`asked` are the questions so far. A table without rows answers with nothing."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self._tables = tables
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        table = re.findall(r"FROM (\w+)", sql)[0]
        records = self._tables.get(table, [])
        return Answer(
            list(records[0]) if records else [], [tuple(record.values()) for record in records]
        )

    def close(self) -> None: ...
