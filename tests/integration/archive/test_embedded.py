"""The embedded database takes what a small machine has, and gives it back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from tests.support.waiting import wait_until

_MERGED_PARTS = 120  # more than 100, from which on the database would make a thread for each
_MOST_THREADS = 40  # of its own: 17 were seen; 144 where parts are deleted side by side


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EmbeddedDatabase]:
    with closing(EmbeddedDatabase(tmp_path)) as opened:
        yield opened


def test_merged_parts_are_deleted_without_a_thread_for_each(database: EmbeddedDatabase) -> None:
    database.execute(
        "CREATE TABLE small (n Int64) ENGINE = MergeTree ORDER BY n"
        " SETTINGS cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0,"
        " old_parts_lifetime = 3600"
    )
    for n in range(_MERGED_PARTS):
        database.insert("small", ["n"], [(n,)])
    database.execute("OPTIMIZE TABLE small FINAL")
    assert parts(database, active=False) >= _MERGED_PARTS
    database.execute("ALTER TABLE small MODIFY SETTING old_parts_lifetime = 0")
    wait_until(lambda: parts(database, active=False) == 0, "merged parts are deleted")
    threads = database.execute("SELECT value FROM system.metrics WHERE metric = 'GlobalThread'")
    assert threads.rows[0][0] < _MOST_THREADS
    assert database.execute("SELECT count() FROM small").rows == [(_MERGED_PARTS,)]


def test_its_caches_are_bounded(database: EmbeddedDatabase) -> None:
    caches = database.execute(
        "SELECT name, toUInt64(value) FROM system.server_settings"
        " WHERE name IN ('mark_cache_size', 'primary_index_cache_size', 'query_condition_cache_size')"
    )
    assert len(caches.rows) == 3
    assert all(size <= 32 * 1024 * 1024 for _, size in caches.rows)


def test_what_nobody_asks_for_is_not_loaded(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from streams.sinks.clickhouse.embedded import EmbeddedDatabase;"
        f"database = EmbeddedDatabase(Path({str(tmp_path)!r})); print(database.execute('SELECT 1').rows);"
        "database.close(); print(sorted({'pyarrow', 'numpy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["[(1,)]", "[]"], done.stderr


def parts(database: EmbeddedDatabase, *, active: bool) -> int:
    found = database.execute(
        f"SELECT count() FROM system.parts WHERE table = 'small' AND active = {int(active)}"
    )
    return int(found.rows[0][0])
