"""The commands around the archive: tables, taken ports, places that cannot be written."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.integration.archive.databases import yet_to_be_made
from tests.support import forked
from tests.support.services import ClickHouse


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.run(arguments, os.environ, 120)


@pytest.mark.parametrize("kind", ["embedded", "server"])
def test_tables_are_made_once_and_checked(
    kind: str, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    if kind == "embedded":
        check_tables_at("--data", str(tmp_path))
        return
    with yet_to_be_made(clickhouse_server, "archive") as of:
        check_tables_at("--clickhouse", f"clickhouse://default@{of.host}:{of.port}/{of.database}")


def check_tables_at(*place: str) -> None:
    before = run("tables", "check", *place)
    assert before.returncode == 1
    assert "run `queuewatch tables migrate`" in before.stderr
    assert "applied 0001_tables.sql" in run("tables", "migrate", *place).stdout
    assert run("tables", "migrate", *place).stdout == "tables ready, 0 migrations applied\n"
    after = run("tables", "check", *place)
    assert (after.returncode, after.stderr) == (0, "")


def test_a_taken_port_names_its_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        place = ("archive", "--kafka", "127.0.0.1:1", "--data", str(tmp_path))
        for option, other in (
            ("--metrics-port", "--query-port"),
            ("--query-port", "--metrics-port"),
        ):
            done = run(*place, option, port, other, "0")
            assert done.returncode == 1
            (line,) = done.stderr.splitlines()
            assert line.startswith(f"queuewatch: port {port} on 127.0.0.1 is taken")
            assert line.endswith(option)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file, not a folder")
    done = run("archive", "--kafka", "127.0.0.1:1", "--data", str(tmp_path), "--metrics-port", "0")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(tmp_path / "archive") in line
    assert "--data" in line
