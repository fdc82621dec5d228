"""A file is there whole, or as it was before."""

import os
from pathlib import Path

import pytest

from streams.plumbing.whole_file import draft_of, take_place, write_whole


def test_it_takes_the_place_of_the_former_one_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "position.json"
    write_whole(file, b"first")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"first", 0o600)
    file.chmod(0o640)
    write_whole(file, b"second")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"second", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_one_gets_the_rights_that_were_asked_for(tmp_path: Path) -> None:
    write_whole(tmp_path / "october.pdf", b"x", 0o644)
    assert (tmp_path / "october.pdf").stat().st_mode & 0o777 == 0o644


def test_it_is_given_to_its_owner_where_this_process_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "walls.json"
    file.write_bytes(b"first")
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    write_whole(file, b"second")
    assert given == [(file.stat().st_uid, file.stat().st_gid)]

    def refused(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    write_whole(file, b"third")
    assert file.read_bytes() == b"third"


def test_what_cannot_take_its_place_leaves_no_draft(tmp_path: Path) -> None:
    taken = tmp_path / "position.json"
    taken.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(taken, b"x")
    assert list(tmp_path.iterdir()) == [taken]
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "position.json", b"x")


def test_a_disk_that_is_full_leaves_the_former_one_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "position.json"
    write_whole(file, b"first")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"second")
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]


def test_a_draft_is_nothing_until_it_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / "callers.key"
    write_whole(file, b"first")
    draft = draft_of(file, b"second")
    assert file.read_bytes() == b"first"
    take_place(draft, file)
    assert file.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [file]
