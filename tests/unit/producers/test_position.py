import json
from pathlib import Path

import pytest
from msgspec.structs import asdict

from producers.asterisk.queue_log import QUEUE_LOG
from producers.growing_log import LogReader
from producers.position import Position, PositionError, PositionFile, position_file
from producers.session import opened
from producers.ticking import Ticking
from schemas.privacy import key_from_secret

KEY = key_from_secret(b"a secret of the tests")
# What `send queue-log --follow` of that release noted between two lines.
OF_0_1_0 = json.loads(Path(__file__).with_name("position_of_0_1_0.json").read_text())


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "position.json"
    with PositionFile(path, "pbx") as file:
        assert file.read() == Position("pbx")
        file.write(Position("pbx", 7, Ticking(5, 6)), {"kept": {"places": [1]}, "memory": None})
        read = file.read()
    assert (read.source, read.line_at, read.ticking) == ("pbx", 7, Ticking(5, 6))
    assert json.loads(read.snapshot or b"") == {"kept": {"places": [1]}, "memory": None}
    assert {each.name for each in path.parent.iterdir()} == {path.name, f"{path.name}.lock"}
    assert path.stat().st_mode & 0o077 == 0


def test_one_of_the_release_before_is_read_and_written_with_the_same_keys(tmp_path: Path) -> None:
    (path := tmp_path / "position.json").write_text(json.dumps(OF_0_1_0))
    live = QUEUE_LOG.follow(tmp_path / "queue_log", "pbx", KEY, {})
    with PositionFile(path, "pbx") as file:
        reader, position = opened(live, file, lambda _: None)
        assert position.line_at == OF_0_1_0["line_at"]
        assert asdict(position.ticking) == OF_0_1_0["ticking"]
        assert isinstance(reader, LogReader)
        file.write(position, reader.snapshot())
    assert json.loads(path.read_text()) == OF_0_1_0


@pytest.mark.parametrize(
    "content",
    [
        {"source": "pbx", "kept": {"places": 5}},
        {"source": "pbx", "memory": {"legs": 5}},
        {"source": "pbx", "of_another_platform": 5},
    ],
)
def test_a_snapshot_that_is_none_of_the_platform_s_is_one_line(
    tmp_path: Path, content: dict[str, object]
) -> None:
    (path := tmp_path / "position.json").write_text(json.dumps(content))
    live = QUEUE_LOG.follow(tmp_path / "queue_log", "pbx", KEY, {})
    with PositionFile(path, "pbx") as file, pytest.raises(PositionError) as caught:
        opened(live, file, lambda _: None)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith("; remove it to read the log from its beginning")


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
        file.write(Position("pbx"), {})


def test_each_source_has_one_under_the_data_folder() -> None:
    data = Path("data")
    assert position_file(data, "", "queue-log", "asterisk") == data / "queue-log-asterisk.json"
    assert (
        position_file(data, "a.", "queue-log", "pbx/../2")
        == data / "queue-log-a.-pbx%2F..%2F2.json"
    )
