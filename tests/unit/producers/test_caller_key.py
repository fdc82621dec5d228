import threading
from pathlib import Path

import pytest

from producers.caller_key import CallerKeyError, caller_key, renewed


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


def test_a_new_key_stands_behind_the_former_ones_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ours"
    file.write_bytes(b"a secret of our own\n")
    file.chmod(0o640)
    first = caller_key(tmp_path, file)
    for count, now in ((2, 1_500), (3, 2_000)):
        before, bytes_before = caller_key(tmp_path, file), file.read_bytes()
        with renewed(file, now) as (former, key):
            assert file.read_bytes() == bytes_before
        assert former == before
        assert caller_key(tmp_path, file) == key
        line = list(key.line())
        assert (len(line), line[0].since, line[1], line[-1]) == (count, now, before, first)
        assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


def test_where_the_change_breaks_off_the_key_is_the_former_one(tmp_path: Path) -> None:
    file = tmp_path / "ours"
    file.write_text("a secret of our own")
    with pytest.raises(ZeroDivisionError), renewed(file, 1):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
    assert file.read_text() == "a secret of our own"


def test_a_key_that_is_newer_than_now_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "ours"
    file.write_text("a secret of our own")
    with renewed(file, 2_000):
        pass
    with pytest.raises(CallerKeyError, match="of 1970-01-01T00:00:02Z; look"), renewed(file, 2_000):
        pass


def test_where_a_link_leads_the_key_is_changed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder" / "ours", tmp_path / "link"
    file.write_text("a secret of our own")
    link.symlink_to(file)
    with renewed(link, 1) as (_, key):
        pass
    assert link.is_symlink()
    assert caller_key(tmp_path, file) == key


def test_a_changed_file_that_is_damaged_or_missing_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "ours"
    with pytest.raises(CallerKeyError, match=r"No such file or directory$"), renewed(file, 1):
        pass
    file.write_text("a secret of our own")
    with renewed(file, 1):
        pass
    whole = file.read_text().splitlines()
    for lines in (whole[:1], [*whole, "not in hex"], [*whole, "zz 2026-03-02T09:00:00Z"]):
        file.write_text("\n".join(lines))
        with pytest.raises(CallerKeyError, match=r"damaged; each line .* and a time$"):
            caller_key(tmp_path, file)
    with pytest.raises(CallerKeyError, match="damaged"), renewed(file, 2):
        pass


def test_a_folder_that_takes_no_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ours"
    file.write_text("a secret of our own")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CallerKeyError, match=r"cannot change .*: No space left"), renewed(file, 1):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
