"""The embedded database takes what a small machine has, and gives it back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from streams.sinks.clickhouse.embedded import EmbeddedDatabase

_MERGED_PARTS = 120  # more than 100, from which on the database would make a thread for each
_MOST_THREADS = 40  # of its own: 17 were seen; 144 where parts are deleted side by side


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EmbeddedDatabase]:
    with closing(EmbeddedDatabase(tmp_path)) as opened:
        yield opened


def test_merged_parts_are_deleted_without_a_thread_for_each(tmp_path: Path) -> None:
    # In a process of its own: threads of an engine that other tests had opened would count.
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.merged_parts", str(tmp_path), str(_MERGED_PARTS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    threads, rows = map(int, done.stdout.splitlines()[-1].split())
    assert threads < _MOST_THREADS
    assert rows == _MERGED_PARTS


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
