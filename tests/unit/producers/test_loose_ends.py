"""What the newest file of a source left is kept for the next one."""

from pathlib import Path

import pytest
from msgspec import Raw

from producers.contract import LeftBehind
from producers.input_file import InputFileError
from producers.loose_ends import MOST_FILES, loose_ends_file, read_loose_ends, write_loose_ends


def left(ends_at: int) -> LeftBehind:
    return LeftBehind(ends_at, Raw(b'{"calls":{}}'))


def test_those_of_the_newest_files_are_kept_in_their_order(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "north.", "queue-log", "node/a")
    assert path.parent == tmp_path / "sent"
    assert read_loose_ends(path, "node/a") == ()
    for ends_at in (20, 10, 20, *range(100, 100 + MOST_FILES - 1)):
        write_loose_ends(path, "node/a", left(ends_at))
    kept = read_loose_ends(path, "node/a")
    assert [each.ends_at for each in kept] == [20, *range(100, 100 + MOST_FILES - 1)]
    assert bytes(kept[0].memory) == b'{"calls":{}}'
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "", "queue-log", "a")
    write_loose_ends(path, "a", left(20))
    with pytest.raises(InputFileError, match="of another source or version; remove it"):
        read_loose_ends(path, "b")
    path.write_text("{")
    with pytest.raises(InputFileError, match="remove it to read files for themselves"):
        read_loose_ends(path, "a")
