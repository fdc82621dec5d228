from pathlib import Path

import pytest

from tests.support.leaks import leaks


def test_a_secret_is_found_wherever_it_was_left_and_is_not_shown(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text("hunter2")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "state").write_bytes(b"\0\xffhunter2\0")
    said = {"stderr of send": "cannot log in: hunter2", "stdout of send": "sent"}
    found = leaks(tmp_path, {"password": "hunter2", "key": "k3y"}, {given}, said)
    assert found == ["password in deep/state", "password in stderr of send"]


def test_nothing_to_look_at_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        leaks(tmp_path, {"password": "hunter2"}, (), {})
