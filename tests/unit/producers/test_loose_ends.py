"""What the newest file of a source left is kept for the next one."""

from pathlib import Path

import pytest
from msgspec import Raw

from producers.contract import LeftBehind
from producers.input_file import InputFileError
from producers.loose_ends import loose_ends_file, read_loose_ends, write_loose_ends


def left(ends_at: int) -> LeftBehind:
    return LeftBehind(ends_at, Raw(b'{"calls":{}}'))


def test_the_newest_file_counts_whatever_was_sent_last(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "north.", "queue-log", "node/a")
    assert path.parent == tmp_path / "sent"
    assert read_loose_ends(path, "node/a") is None
    write_loose_ends(path, "node/a", left(20))
    write_loose_ends(path, "node/a", left(10))
    kept = read_loose_ends(path, "node/a")
    assert kept is not None
    assert (kept.ends_at, bytes(kept.memory)) == (20, b'{"calls":{}}')
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "", "queue-log", "a")
    write_loose_ends(path, "a", left(20))
    with pytest.raises(InputFileError, match="of another source or version; remove it"):
        read_loose_ends(path, "b")
    path.write_text("{")
    with pytest.raises(InputFileError, match="remove it to read files for themselves"):
        read_loose_ends(path, "a")
