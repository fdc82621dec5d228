"""Migrations are applied once, in order; what is missing is said in one line each."""

import re

from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Answer, RefusedError
from streams.sinks.clickhouse.migrate import migrate, migrations, problems


class Database:
    """Remembers what was applied, and has the columns of the table in schemas."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.applied: list[tuple[int, str]] = []
        self.lacks = ""

    def execute(self, sql: str) -> Answer:
        self.statements.append(sql)
        if (
            entry := re.match(r"INSERT INTO migrations SELECT (\d+), '.*', '(\w+)'", sql)
        ) is not None:
            self.applied.append((int(entry[1]), entry[2]))
        if sql.startswith("SELECT number"):
            return Answer(["number", "checksum"], list(self.applied))
        table = re.search(r"table = '(\w+)'", sql)
        columns = TABLES[table[1]] if table else ()
        return Answer(["name"], [(name,) for name in columns if name != self.lacks])

    def insert(self, *_: object) -> None:
        raise AssertionError

    def close(self) -> None:
        pass


def test_each_is_applied_once_and_in_order() -> None:
    database = Database()
    names = [migration.name for migration in migrations()]
    assert migrate(database) == names
    assert migrate(database) == []
    assert names == sorted(names)
    assert problems(database) == []


def test_what_is_missing_changed_or_newer_is_one_line_each() -> None:
    database = Database()
    first = migrations()[0]
    migrate(database)
    database.applied[0] = (first.number, "another")
    database.applied.append((9_999, "x"))
    database.lacks = "priority"
    said = "\n".join(problems(database))
    assert f"{first.name} was applied in another wording" in said
    assert "migration 9999 is of a newer queuewatch" in said
    assert "table legs lacks priority" in said
    del database.applied[0]
    assert f"{first.name} is not applied: run `queuewatch tables migrate`" in problems(database)


def test_a_column_that_a_table_lacks_is_added_and_one_that_another_process_adds_is_no_problem() -> (
    None
):
    class Behind(Database):
        def execute(self, sql: str) -> Answer:
            answer = super().execute(sql)
            if sql.startswith("ALTER TABLE alerts"):
                self.lacks = ""  # now it is there
                raise RefusedError("another process was faster")
            return answer

    for database in (Database(), Behind()):
        migrate(database)
        database.lacks = "expected"
        assert migrate(database) == ["column alerts.expected"]
        assert "ALTER TABLE alerts ADD COLUMN expected Nullable(Float64)" in database.statements


def test_without_a_table_of_migrations_there_is_one_problem() -> None:
    class Nothing(Database):
        def execute(self, sql: str) -> Answer:
            raise RefusedError("no such table")

    assert problems(Nothing()) == ["no table `migrations`: run `queuewatch tables migrate`"]
