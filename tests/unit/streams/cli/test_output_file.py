"""A file of `--out` is there whole, or as it was before."""

from pathlib import Path

import pytest

from streams.cli.options import Failure
from streams.cli.output_file import write_whole


def test_it_is_written_and_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    file = tmp_path / "october.pdf"
    for body in (b"first", b"second"):
        write_whole(file, body)
        assert file.read_bytes() == body
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_missing_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"october\.pdf cannot be written: No such file"):
        write_whole(tmp_path / "none" / "october.pdf", b"x")


def test_what_cannot_take_its_place_leaves_no_draft(tmp_path: Path) -> None:
    taken = tmp_path / "october.pdf"
    taken.mkdir()
    with pytest.raises(Failure, match="cannot be written"):
        write_whole(taken, b"x")
    assert list(tmp_path.iterdir()) == [taken]
