"""What the newest file of a source left is kept for the next one."""

from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import replace

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import DetailedLeg, FinishedFile, LeftBehind
from producers.input_file import InputFileError
from producers.joined_files import MOST_FILES, JoinedFiles
from producers.loose_ends import (
    go_on_with_loose_ends,
    loose_ends_file,
    read_loose_ends,
    remove_loose_ends,
    write_loose_ends,
)
from producers.progress import silent
from schemas.calls import FinishedLeg
from schemas.privacy import key_from_secret


def left(ends_at: int, delivery: str = "") -> LeftBehind:
    return LeftBehind(ends_at, Raw(b'{"calls":{}}'), delivery=delivery)


def test_those_of_the_newest_files_are_kept_in_their_order(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "north.", "queue-log", "node/a")
    assert path.parent == tmp_path / "sent"
    assert read_loose_ends(path, "node/a") == ()
    for ends_at in (20, 10, 20, *range(100, 100 + MOST_FILES - 1)):
        write_loose_ends(path, "node/a", [left(ends_at)])
    kept = read_loose_ends(path, "node/a")
    assert [each.ends_at for each in kept] == [20, *range(100, 100 + MOST_FILES - 1)]
    assert bytes(kept[0].memory) == b'{"calls":{}}'
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_a_withdrawn_delivery_left_is_not_gone_on_with(tmp_path: Path) -> None:
    assert remove_loose_ends(tmp_path, "d-1") == 0
    one, other = (loose_ends_file(tmp_path, "", "queue-log", name) for name in "ab")
    for ends_at, delivery in ((10, "d-0"), (20, "d-1"), (30, "d-1")):
        write_loose_ends(one, "a", [left(ends_at, delivery)])
    write_loose_ends(other, "b", [left(40, "d-2")])
    (tmp_path / "sent" / "broken.json").write_text("{")
    assert remove_loose_ends(tmp_path, "d-1") == 1
    assert [each.ends_at for each in read_loose_ends(one, "a")] == [10]
    assert [each.ends_at for each in read_loose_ends(other, "b")] == [40]
    assert remove_loose_ends(tmp_path, "d-1") == 0


def test_of_a_file_that_was_sent_twice_one_may_be_withdrawn(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "", "queue-log", "a")
    for delivery in ("d-1", "d-2", "d-3", "d-3"):
        write_loose_ends(path, "a", [left(10, delivery)])
    assert [each.delivery for each in read_loose_ends(path, "a")] == ["d-3", "d-2"]
    remove_loose_ends(tmp_path, "d-3")
    assert [each.delivery for each in read_loose_ends(path, "a")] == ["d-2"]


def test_of_pieces_that_end_in_one_second_the_last_one_is_gone_on_with(tmp_path: Path) -> None:
    """Else its calls end as what the piece before knew of them: an abandoned call as one that left by itself."""
    path = loose_ends_file(tmp_path, "", "queue-log", "a")
    entry = (
        "1675555000|7.1|sales|NONE|ENTERQUEUE||5550001|1\n1675555001|7.1|sales|A|RINGNOANSWER|1\n"
    )
    abandon, again = (
        "1675555001|7.1|sales|NONE|ABANDON|1|1|1\n",
        "1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\n",
    )
    pieces = [tmp_path / name for name in ("log.2", "log.1", "log")]
    for piece, text in zip(pieces, (entry, abandon, again), strict=True):
        piece.write_text(text)

    def opened(name: Path) -> FinishedFile:
        return QUEUE_LOG.open(name, "a", key_from_secret(b"a secret of the tests"), {})

    def read(file: FinishedFile, delivery: str) -> list[tuple[str, int]]:
        go_on_with_loose_ends(file, path)
        legs = [each.whole for each in file.read(2_000_000_000_000, silent()) if isinstance(each, DetailedLeg)]  # fmt: skip
        write_loose_ends(
            path, "a", [replace(each, delivery=delivery) for each in file.left_by_each()]
        )
        return [(leg.outcome if isinstance(leg, FinishedLeg) else "waits", leg.at // 1000) for leg in legs]  # fmt: skip

    assert read(JoinedFiles([opened(each) for each in pieces[:2]]), "d-1") == [
        ("abandoned", 1675555001)
    ]
    assert read(opened(pieces[0]), "d-2") == [("waits", 1675555000)]  # sent again
    assert read(opened(pieces[2]), "d-3") == [("waits", 1675555001)]


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = loose_ends_file(tmp_path, "", "queue-log", "a")
    write_loose_ends(path, "a", [left(20)])
    with pytest.raises(InputFileError, match="of another source or version; remove it"):
        read_loose_ends(path, "b")
    path.write_text("{")
    with pytest.raises(InputFileError, match="remove it to read files for themselves"):
        read_loose_ends(path, "a")


@pytest.mark.parametrize(
    "memory",
    ['{"calls":null}', '{"calls":{"7.1":{"caller":"5550001"}}}'],  # a number, and no token
)
def test_a_memory_that_the_platform_cannot_read_is_one_line_too(
    memory: str, tmp_path: Path
) -> None:
    kept, log = loose_ends_file(tmp_path, "", "queue-log", "a"), tmp_path / "queue_log"
    write_loose_ends(kept, "a", [LeftBehind(20, Raw(memory.encode()))])
    log.write_text("1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1\n")
    file = QUEUE_LOG.open(log, "a", key_from_secret(b"a secret of the tests"), {})
    with pytest.raises(InputFileError, match=r"calls.*remove it to read files for themselves"):
        go_on_with_loose_ends(file, kept)
