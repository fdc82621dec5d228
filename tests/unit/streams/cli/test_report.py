"""Wrong questions get one line and the right exit code, before the archive is opened where that can be."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.report import command


def ask(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.output.strip().splitlines()[-1]


@pytest.mark.parametrize("length", ["month", "week", "day"])
def test_without_an_archive_it_says_what_to_start(length: str, tmp_path: Path) -> None:
    file = tmp_path / "x.html"
    code, line = ask(length, "--out", str(file), "--data", str(tmp_path))
    assert code == 1
    assert line.startswith("queuewatch: no archive answers at 127.0.0.1:8124")
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("month", "2026-13", "--out", "x.html"), 'expected a month such as "2026-10", got "2026-13"'),
        (("week", "2026-10", "--out", "x.html"), 'expected a week such as "2026-W44"'),
        (("day", "2026-02-30", "--out", "x.html"), 'expected a day such as "2026-10-05"'),
        (("month", "2026-10", "--out", "x.doc"), ".pdf, .html, .eml, .csv, .json, .xlsx, not as x.doc"),
        (("month", "2026-10"), "--out"),
        (("month", "2026-10", "--out", "x.html", "--language", "de"), "--language"),
        (("year", "--out", "x.html"), "year"),
    ],
)  # fmt: skip
def test_wrong_use_is_said(arguments: tuple[str, ...], words: str) -> None:
    code, line = ask(*arguments)
    assert code == 2
    assert words in line


@pytest.mark.parametrize(
    ("module", "file"), [("typst", "x.pdf"), ("typst", "x.eml"), ("css_inline", "x.eml")]
)
def test_without_the_extra_one_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, module: str, file: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    code, line = ask("month", "2026-10", "--out", file)
    assert code == 1
    assert "pip install 'queuewatch[reports]'" in line
