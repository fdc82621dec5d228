"""Nothing is deleted by a slip: a time that is none, or no archive, is said at once."""

from pathlib import Path

from click.testing import CliRunner

from streams.cli.archive_purge import purge


def test_a_time_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(purge, ["--before", "last year", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "expected a time of this century such as 2025-11-01" in done.output


def test_without_an_archive_none_is_made(tmp_path: Path) -> None:
    done = CliRunner().invoke(purge, ["--before", "2025-11-01", "--data", str(tmp_path)])
    assert (done.exit_code, done.output) == (1, f"queuewatch: {tmp_path} holds no archive\n")
    assert list(tmp_path.iterdir()) == []
