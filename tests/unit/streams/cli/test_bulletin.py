"""The words of `queuewatch bulletin`."""

from pathlib import Path

from click.testing import CliRunner

from streams.cli.bulletin import command


def test_only_days_and_months_have_one() -> None:
    result = CliRunner().invoke(command, ["week", "2026-W40"])
    assert (result.exit_code, "day" in result.stderr) == (2, True)


def test_without_an_archive_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "bulletin.html"
    words = ["month", "2026-10", "--data", str(tmp_path), "--query-port", "1", "--out", str(out)]
    assert CliRunner().invoke(command, words).exit_code == 1
    assert not out.exists()
