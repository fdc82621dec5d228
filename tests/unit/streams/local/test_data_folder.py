"""One `up` at a time holds a folder, and a stopped one leaves nothing behind."""

from pathlib import Path

import pytest

from streams.local.data_folder import DataFolder
from streams.local.problem import LocalError


def test_a_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    with (
        DataFolder(tmp_path / "data"),
        pytest.raises(LocalError, match=r"data is in use by another .* \(pid \d+\).* --data"),
        DataFolder(tmp_path / "data"),
    ):
        pass


def test_the_lock_is_gone_afterwards_and_may_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with DataFolder(tmp_path / "data") as folder:
            assert (folder.path / "up.lock").exists()
        assert not (tmp_path / "data" / "up.lock").exists()


def test_a_refused_second_holder_leaves_the_lock_of_the_first(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        with pytest.raises(LocalError), DataFolder(tmp_path):
            pass
        assert (folder.path / "up.lock").exists()


def test_a_path_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(LocalError, match=r"cannot write to .*file.*--data"),
        DataFolder(tmp_path / "file" / "data"),
    ):
        pass
