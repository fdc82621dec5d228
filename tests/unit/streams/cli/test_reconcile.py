"""Wrong questions get one line and the right exit code."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.reconcile import command


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "1926-03-02", "20260302"])
def test_a_day_that_is_none_is_wrong_use(day: str) -> None:
    done = CliRunner().invoke(command, ["--day", day])
    assert done.exit_code == 2
    assert "--day" in done.output.strip().splitlines()[-1]


def test_without_an_archive_it_says_what_to_start(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--day", "2026-03-02", "--data", str(tmp_path)])
    assert done.exit_code == 1
    (line,) = done.output.strip().splitlines()
    assert line.startswith("queuewatch: no archive answers at 127.0.0.1:8124")
