import sys
from pathlib import Path

import pytest

from streams.sinks.clickhouse.embedded import EmbeddedDatabase, FilesTakenError


def test_an_installation_without_it_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chdb", None)
    with pytest.raises(FilesTakenError, match="name a server with --clickhouse"):
        EmbeddedDatabase(tmp_path)
