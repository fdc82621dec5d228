"""The files that a command line names."""

import io
from pathlib import Path

import pytest

from producers.input_file import InputFileError
from producers.named_files import named_files

EMPTY = io.BytesIO()


def test_names_patterns_and_each_file_once(tmp_path: Path) -> None:
    for name in ("queue_log", "queue_log.1", "queue_log.2.gz", "other"):
        (tmp_path / name).write_text(name)
    pattern = str(tmp_path / "queue_log*")
    with named_files(
        [str(tmp_path / "other"), pattern, str(tmp_path / "queue_log")], EMPTY
    ) as found:
        assert [path.name for path in found] == [
            "other",
            "queue_log",
            "queue_log.1",
            "queue_log.2.gz",
        ]


def test_a_file_may_have_the_name_of_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "calls[1].csv").write_text("x")
    with named_files([str(tmp_path / "calls[1].csv")], EMPTY) as found:
        assert [path.name for path in found] == ["calls[1].csv"]


def test_a_pattern_without_a_file_is_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(InputFileError, match=r"calls-\*.csv: no file has such a name"),
        named_files([str(tmp_path / "calls-*.csv")], EMPTY),
    ):
        pass


def test_standard_input_is_a_file_while_it_is_read() -> None:
    with named_files(["-"], io.BytesIO(b"a\nb\n")) as (path,):
        assert path.read_bytes() == b"a\nb\n"
    assert not path.exists()
