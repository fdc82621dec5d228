"""A secret is made once and read by its owner alone; a file that is none is one line."""

import threading
from pathlib import Path

import pytest

from streams.plumbing.key_file import KeyFileError, make_key, read_key


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "link.key"
    make_key(path)
    first = read_key(path, "the key")
    make_key(path)
    assert read_key(path, "the key") == first
    assert len(first) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["link.key"]  # no draft is left


def test_all_who_make_it_at_once_have_one_key(tmp_path: Path) -> None:
    path, found = tmp_path / "link.key", []

    def make_and_read() -> None:
        make_key(path)
        found.append(read_key(path, "the key"))

    threads = [threading.Thread(target=make_and_read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1


def test_what_is_missing_or_too_short_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ours"
    with pytest.raises(KeyFileError, match=r"^cannot read the key, .*ours: No such file or dir"):
        read_key(path, "the key")
    path.write_text("short\n")
    with pytest.raises(KeyFileError, match=r"ours: a key needs at least 16 bytes$"):
        read_key(path, "the key")
    with pytest.raises(KeyFileError, match=r"choose another folder with --data$"):
        make_key(path / "link.key")
