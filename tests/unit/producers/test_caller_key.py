import threading
from pathlib import Path

import pytest

from producers.caller_key import CallerKeyError, caller_key


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = caller_key(tmp_path / "data")
    assert caller_key(tmp_path / "data") == first
    file = tmp_path / "data" / "caller.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["caller.key"]


def test_all_who_make_it_at_once_use_one_key(tmp_path: Path) -> None:
    keys = []
    threads = [
        threading.Thread(target=lambda: keys.append(caller_key(tmp_path))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert len({key.secret for key in keys}) == 1


def test_a_named_file_is_used_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "ours").write_text("a secret of our own\n")
    assert caller_key(tmp_path / "data", tmp_path / "ours").secret == b"a secret of our own"
    assert not (tmp_path / "data").exists()


def test_a_named_file_that_is_missing_or_too_short_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CallerKeyError, match=r"No such file or directory$"):
        caller_key(tmp_path, tmp_path / "ours")
    (tmp_path / "ours").write_text("short\n")
    with pytest.raises(CallerKeyError, match=r"a key needs at least 16 bytes$"):
        caller_key(tmp_path, tmp_path / "ours")


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CallerKeyError, match=r"choose another folder with --data$"):
        caller_key(tmp_path / "data")
