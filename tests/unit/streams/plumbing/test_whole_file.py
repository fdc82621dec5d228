"""A file is whole, or as it was before."""

from pathlib import Path

import pytest

from streams.plumbing.whole_file import write_whole


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    write_whole(file, b"first")
    with pytest.raises(TypeError):
        write_whole(file, "no bytes")  # type: ignore[arg-type]
    assert file.read_bytes() == b"first"
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "none" / "a.csv", b"x")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "folder.csv", b"x")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "folder.csv"]
