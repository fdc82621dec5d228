"""Nothing is deleted by a slip: a time that is none, or no archive, is said at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.archive import command
from streams.cli.archive_purge import purge


def test_a_time_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(purge, ["--before", "last year", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "expected a time of this century such as 2025-11-01" in done.output


def test_without_an_archive_none_is_made(tmp_path: Path) -> None:
    done = CliRunner().invoke(purge, ["--before", "2025-11-01", "--data", str(tmp_path)])
    assert (done.exit_code, done.output) == (1, f"queuewatch: {tmp_path} holds no archive\n")
    assert list(tmp_path.iterdir()) == []


def test_it_is_for_the_time_in_which_no_up_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`archive` beside it needs the Kafka of that `up`, and was looked at first."""
    (tmp_path / "kafka").mkdir()
    monkeypatch.setenv("QUEUEWATCH_DATA", str(tmp_path))
    done = CliRunner().invoke(command, ["purge", "--before", "2025-11-01"])
    assert done.exit_code == 1
    assert f"{tmp_path} holds no archive" in done.output
    alone = CliRunner().invoke(command, [])
    assert alone.exit_code == 1
    assert "no `queuewatch up` runs on --data" in alone.output
