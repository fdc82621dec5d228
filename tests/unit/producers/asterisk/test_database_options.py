import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.main import cli
from streams.processes import sending
from tests.support.publishing import KeptPublisher

LINE = "1741693200|7.1|sales|NONE|ENTERQUEUE||5550160|1\n"


def _database(folder: Path, table: str = "queue_log") -> str:
    with closing(sqlite3.connect(folder / "pbx.db")) as connection:
        connection.execute(
            f"CREATE TABLE {table} (time, callid, queuename, agent, event, data1, data2, data3)"
        )
        rows = [
            ("2025-03-11 11:40:00", "7.1", "sales", "NONE", "ENTERQUEUE", "", "5550160", "1"),
            ("2025-03-11 11:40:33", "7.1", "sales", "NONE", "ABANDON", "1", "1", "33"),
            ("2025-03-12 11:40:00", "7.2", "sales", "NONE", "SURVEY", "", "", ""),
        ]
        connection.executemany(f"INSERT INTO {table} VALUES (?,?,?,?,?,?,?,?)", rows)
        connection.commit()
    return f"sqlite:///{folder / 'pbx.db'}"


def _send(folder: Path, *arguments: str, database: str | None = None) -> Result:
    return CliRunner().invoke(
        cli,
        ["send", "queue-log", *arguments, "--dry-run", "--data", str(folder / "data")],
        env={"QUEUEWATCH_DATABASE": database},
        prog_name="queuewatch",
    )


def _misused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return result.stderr.splitlines()[-1]


def test_the_table_is_surveyed_like_a_file(tmp_path: Path) -> None:
    url = _database(tmp_path)
    done = _send(tmp_path, "--time-zone", "Europe/Berlin", "--database", url)
    said = done.stdout.splitlines()
    assert said[0] == f"table queue_log of {url}: nothing sent; 1 leg, 1 line refused"
    assert said[1] == "from 2025-03-11T11:40:00+01:00 to 2025-03-11T11:40:33+01:00"
    assert said[-1].endswith("(first: line 3)")
    assert done.stderr == f"reading table queue_log of {url}\n"
    assert done.exit_code == 1
    assert _send(tmp_path, "--database", url, "--accept").exit_code == 0


def test_the_address_comes_from_the_environment_and_the_range_leaves_rows_out(
    tmp_path: Path,
) -> None:
    url = _database(tmp_path, "queuelog")
    done = _send(tmp_path, "--table", "queuelog", "--until", "2025-03-12", database=url)
    assert done.exit_code == 0, done.output
    assert f"table queuelog of {url}: nothing sent; 1 leg, 0 lines refused" in done.stdout
    assert "times without an offset were read as UTC" in done.stdout
    later = _send(tmp_path, "--table", "queuelog", "--since", "2025-03-12T11:40", database=url)
    assert "0 legs, 1 line refused" in later.stdout


def test_a_file_that_is_named_comes_before_the_environment(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(LINE)
    done = _send(tmp_path, str(path), database="mysql://nowhere/asterisk")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{path}: nothing sent; 1 leg")


def test_what_contradicts_itself_is_wrong_use(tmp_path: Path) -> None:
    (path := tmp_path / "queue_log").write_text(LINE)
    url = _database(tmp_path)
    assert _misused(_send(tmp_path)) == "Error: name a FILE, or a --database"
    assert _misused(_send(tmp_path, str(path), "--database", url)) == (
        "Error: choose one: FILE or --database"
    )
    assert _misused(_send(tmp_path, str(path), "--since", "2025-03-12")) == (
        "Error: --since is for --database: leave it out with a FILE"
    )
    assert _misused(_send(tmp_path, "--database", url, "--encoding", "cp1252")) == (
        "Error: --encoding is for files: leave it out with --database"
    )
    follow = ["send", "queue-log", "--database", url, "--follow", "--data", str(tmp_path)]
    done = CliRunner().invoke(cli, follow)
    assert _misused(done) == (
        "Error: --follow reads a file that grows: name it, or leave out --follow"
    )


@pytest.mark.parametrize("given", ["yesterday", "1970-01-01"])
def test_a_range_needs_times(tmp_path: Path, given: str) -> None:
    said = _misused(_send(tmp_path, "--database", "sqlite:///x", "--since", given))
    assert f'such as 2026-03-02 or 2026-03-02T09:00, got "{given}"' in said


def test_a_range_that_ends_before_it_begins_is_wrong_use(tmp_path: Path) -> None:
    url = _database(tmp_path)
    for until in ("2025-03-11", "2025-03-12"):
        done = _send(tmp_path, "--database", url, "--since", "2025-03-12", "--until", until)
        assert _misused(done) == "Error: Invalid value for --since: must be before --until"


def test_a_password_on_the_command_line_is_warned_of_and_never_shown(tmp_path: Path) -> None:
    url = "mysql://ann:s3cret@127.0.0.1:1/asterisk"
    typed = _send(tmp_path, "--database", url)
    assert "put the address into QUEUEWATCH_DATABASE" in typed.stderr
    hidden = _send(tmp_path, database=url)
    assert "QUEUEWATCH_DATABASE" not in hidden.output
    for done in (typed, hidden, _send(tmp_path, "--database", "mysql://ann:s3cret@x@h/y")):
        assert done.exit_code > 0
        assert "s3cret" not in done.output


def test_the_table_can_be_sent_live_and_nothing_of_it_stays_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copies := tmp_path / "copies").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    kept = KeptPublisher()
    monkeypatch.setattr(sending, "Publisher", lambda *_: kept)
    arguments = ["send", "queue-log", "--feed", "live", "--data", str(tmp_path / "data")]
    for table in ("queue_log", "none"):
        monkeypatch.setenv("QUEUEWATCH_DATABASE", _database(tmp_path, f"{table}_of_pbx"))
        CliRunner().invoke(cli, [*arguments, "--table", f"{table}_of_pbx".replace("none", "other")])
        assert list(copies.iterdir()) == []
    assert [type(event).__name__ for event in kept.calls] == ["Queued", "Abandoned"]
    assert [(row.origin, row.position) for row in kept.refused] == [("queue_log_of_pbx", 3)]
