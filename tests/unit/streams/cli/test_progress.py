"""Progress never floods a log: no line before some seconds are over, none for what is done."""

import pytest

from streams.cli.progress import Progress


def test_a_short_wait_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.waiting("archive", 7)
    progress.reading("comparing", 1, 2)
    progress.close()
    assert capsys.readouterr().err == ""


def test_a_long_one_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.waiting("archive", 9)
    progress._next_line = 0.0
    progress.waiting("archive", 0)  # nothing to wait for is no news
    progress.waiting("archive", 7)
    progress._next_line = 0.0
    progress.reading("comparing", 1_000, 2_000)
    progress.reading("comparing", 2_000, 2_000)
    assert capsys.readouterr().err.splitlines() == [
        "waiting for archive: 7 of 9 records to go",
        "comparing: 1,000 of 2,000 calls read",
    ]


def test_on_a_terminal_one_line_is_overwritten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress()
    progress.reading("comparing", 1, 2)
    progress.close()
    assert capsys.readouterr().err == "\r\x1b[Kcomparing: 1 of 2 calls read\r\x1b[K"
