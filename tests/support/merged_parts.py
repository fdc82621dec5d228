"""Merges many parts of an embedded database, and prints how many threads it has when they are deleted, and its rows.

python -m tests.support.merged_parts FOLDER PARTS
"""

import sys
from contextlib import closing
from pathlib import Path

from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from tests.support.waiting import wait_until


def main(folder: Path, count: int) -> None:
    with closing(EmbeddedDatabase(folder)) as database:
        database.execute(
            "CREATE TABLE small (n Int64) ENGINE = MergeTree ORDER BY n"
            " SETTINGS cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0,"
            " old_parts_lifetime = 3600"
        )
        for n in range(count):
            database.insert("small", ["n"], [(n,)])
        database.execute("OPTIMIZE TABLE small FINAL")
        assert merged(database) >= count
        database.execute("ALTER TABLE small MODIFY SETTING old_parts_lifetime = 0")
        wait_until(lambda: merged(database) == 0, "merged parts are deleted")
        threads = database.execute("SELECT value FROM system.metrics WHERE metric = 'GlobalThread'")
        rows = database.execute("SELECT count() FROM small")
        sys.stdout.write(f"{threads.rows[0][0]} {rows.rows[0][0]}")


def merged(database: EmbeddedDatabase) -> int:
    found = database.execute(
        "SELECT count() FROM system.parts WHERE table = 'small' AND active = 0"
    )
    return int(found.rows[0][0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
