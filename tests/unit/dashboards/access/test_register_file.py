"""The register on disk: several boards, one truth."""

import threading
from pathlib import Path

import pytest

from dashboards.access.register import Register, Wall, digest, opened, with_ended
from dashboards.access.register_file import RegisterError, RegisterFile
from dashboards.access.rights import Grant

WALL = Wall(
    who="hall", grants=(Grant("viewer"),), made_at=0, link_digest=digest("link"), link_expires_at=9
)


def test_no_file_is_an_empty_register(tmp_path: Path) -> None:
    assert RegisterFile(tmp_path / "r.json").read() == Register()


def test_one_board_sees_what_another_one_changed(tmp_path: Path) -> None:
    one, other = (RegisterFile(tmp_path / "deep" / "r.json") for _ in range(2))
    assert other.read() == Register()
    one.change(lambda r: (None, with_ended(r, "s", 10, 0)))
    assert other.read().ended == {"s": 10}
    assert (tmp_path / "deep" / "r.json").stat().st_mode & 0o777 == 0o600


def test_of_many_who_open_one_link_at_once_one_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    RegisterFile(path).change(lambda r: (None, Register(walls={"w": WALL})))
    said: list[str] = []

    def open_it(number: int) -> None:
        def decide(before: Register) -> tuple[str, Register]:
            how, after, _ = opened(before, "link", "", f"fresh-{number}", 5)
            return how, after

        said.append(RegisterFile(path).change(decide))

    threads = [threading.Thread(target=open_it, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["opened", *["used"] * 7]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no register"),
        ('{"tokens": 1}', "is no register"),
        ('{"format": 99}', "newer release"),
    ],
)
def test_a_broken_file_lets_nobody_in(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(RegisterError, match=says):
        RegisterFile(path).read()
    with pytest.raises(RegisterError):
        RegisterFile(path).change(lambda r: (None, r))
    assert path.read_text() == text


def test_a_register_of_no_file_cannot_be_changed() -> None:
    with pytest.raises(RegisterError, match="no register"):
        RegisterFile(None).change(lambda r: (None, r))


def test_a_register_that_was_there_and_is_gone_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    board = RegisterFile(path)
    board.change(lambda r: (None, with_ended(r, "s", 10, 0)))
    assert board.read().ended == {"s": 10}
    path.unlink()
    with pytest.raises(RegisterError, match="is gone"):
        board.read()
