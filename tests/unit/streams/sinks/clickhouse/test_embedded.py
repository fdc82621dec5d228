import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.sinks.clickhouse import embedded
from streams.sinks.clickhouse.embedded import EmbeddedDatabase, FilesTakenError


def test_an_installation_without_it_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chdb", None)
    with pytest.raises(FilesTakenError, match="name a server with --clickhouse"):
        EmbeddedDatabase(tmp_path)


def test_memory_is_given_back_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    clock = [1000.0]

    class Session:
        def query(self, sql: str, _: str = "") -> Any:
            asked.append(sql)
            return SimpleNamespace(bytes=lambda: b"")

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(embedded, "_open", lambda _: Session())
    monkeypatch.setattr(embedded, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    database = EmbeddedDatabase(tmp_path / "archive")
    freed = []
    for now_s in (1000.0, 1009.0, 1010.0, 1019.0, 1020.0):
        clock[0] = now_s
        asked.clear()
        database.insert("legs", ["queue"], [("billing",)])
        freed.append("SYSTEM JEMALLOC PURGE" in asked)
    assert freed == [False, False, True, False, True]
    database.close()
