from pathlib import Path

import pytest

from producers.asterisk.position import Position, PositionError, PositionFile, position_file
from producers.asterisk.telling import Teller
from producers.generations import Place
from producers.growing_file import Kept
from producers.ticking import Ticking
from schemas.privacy import key_from_secret


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    teller = Teller("pbx", key_from_secret(b"a secret of the tests"))
    list(teller.tell("1772445600|7.1|sales|NONE|ENTERQUEUE||5550001|1", None))
    place = Place(11, 50, 50, "ab", 1_772_445_600)
    position = Position("pbx", 7, Kept((place,), (place,)), Ticking(5, 6), teller.memory())
    path = tmp_path / "new" / "position.json"
    with PositionFile(path, "pbx") as file:
        assert file.read() == Position("pbx")
        file.write(position)
        assert file.read() == position
    assert {each.name for each in path.parent.iterdir()} == {path.name, f"{path.name}.lock"}
    assert path.stat().st_mode & 0o077 == 0


def test_two_followers_do_not_share_one(tmp_path: Path) -> None:
    path = tmp_path / "position.json"
    with PositionFile(path, "pbx"):
        with pytest.raises(PositionError) as caught, PositionFile(path, "pbx"):
            pass
        assert str(caught.value) == (
            f"{path}: another process follows a log with it; give this one a --source or a"
            " --position of its own"
        )
    with PositionFile(path, "pbx"):
        pass


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"source": 5}', "remove it to read the log from its beginning"),
        ("", "remove it to read the log from its beginning"),
        ('{"source": "other"}', 'it is the position of source "other", version 1;'),
        ('{"source": "pbx", "version": 2}', 'it is the position of source "pbx", version 2;'),
    ],
)
def test_what_is_no_position_of_ours_is_one_line(
    tmp_path: Path, content: str, problem: str
) -> None:
    (path := tmp_path / "position.json").write_text(content)
    with PositionFile(path, "pbx") as file, pytest.raises(PositionError) as caught:
        file.read()
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(PositionError) as caught, PositionFile(tmp_path / "file" / "p.json", "pbx"):
        pass
    assert str(caught.value) == f"cannot write {tmp_path}/file/p.json.lock: File exists"
    (tmp_path / "position.json").mkdir()
    with (
        PositionFile(tmp_path / "position.json", "pbx") as file,
        pytest.raises(PositionError, match=r"^cannot write .*: Is a directory$"),
    ):
        file.write(Position("pbx"))


def test_each_source_has_one_under_the_data_folder() -> None:
    data = Path("data")
    assert position_file(data, "", "asterisk") == data / "queue-log-asterisk.json"
    assert position_file(data, "a.", "pbx/../2") == data / "queue-log-a.-pbx%2F..%2F2.json"
