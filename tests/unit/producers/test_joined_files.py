"""However a log is cut, its pieces give what the whole log gives."""

import io
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import FileItem, FinishedFile, LeftBehind, Refused
from producers.input_file import InputFile, InputFileError
from producers.joined_files import JoinedFiles, go_on_after
from producers.progress import Progress, silent
from producers.records.reading import RecordsFile
from schemas.privacy import key_from_secret

KEY = key_from_secret(b"a secret of the tests")
NOW = 1_700_000_000_000
LINES = """\
1675555000|NONE|NONE|NONE|QUEUESTART|
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1
1675555003|7.2|sales|NONE|ENTERQUEUE||5550002|2
1675555009|7.1|sales|SIP/1|RINGNOANSWER|1000
1675555010|7.1|sales|SIP/1|CONNECT|9|7.9|3
1675555012|7.2|sales|NONE|ABANDON|1|1|9
nonsense
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|9|9|1
1675555020|7.1|sales|NONE|ENTERQUEUE||5550001|1
1675555025|7.1|sales|NONE|EXITWITHTIMEOUT|1|1|5
1675555030|7.3|sales|NONE|ENTERQUEUE||5550003|1
1675555031|7.3|sales|SIP/1|CONNECT|1|7.8|0
""".splitlines(keepends=True)


def log(path: Path, lines: list[str]) -> FinishedFile:
    path.write_text("".join(lines))
    return QUEUE_LOG.open(path, "pbx", KEY, {})


def read(file: FinishedFile) -> list[FileItem]:
    return list(file.read(NOW, silent()))


def told(items: list[FileItem]) -> list[str]:
    """What is told of legs, without the places of refusals."""
    found = []
    for item in items:
        if isinstance(item, Refused):
            found.append(item.detail)
        else:
            whole = getattr(item, "whole", item)
            found.append(repr(whole))
    return sorted(found)


@given(cuts=st.sets(st.integers(1, len(LINES) - 1)), order=st.randoms())
def test_pieces_in_any_order_give_what_the_whole_log_gives(
    tmp_path_factory: object, cuts: set[int], order: object
) -> None:
    folder = tmp_path_factory.mktemp("log")  # type: ignore[attr-defined]
    ends = [0, *sorted(cuts), len(LINES)]
    pieces = [LINES[a:b] for a, b in itertools.pairwise(ends)]
    files = [
        log(folder / f"piece-{n}", piece)
        for n, piece in enumerate(pieces)
        if any("|" in line for line in piece)
    ]
    order.shuffle(files)  # type: ignore[attr-defined]
    whole = [line for piece in pieces if any("|" in line for line in piece) for line in piece]
    joined = JoinedFiles(files)
    assert told(read(joined)) == told(read(log(folder / "whole", whole)))


def test_a_refusal_names_its_own_file_and_line(tmp_path: Path) -> None:
    files = [log(tmp_path / "second", LINES[5:]), log(tmp_path / "first", LINES[:5])]
    joined = JoinedFiles(files)
    (refused,) = [item for item in read(joined) if isinstance(item, Refused)]
    assert (refused.origin, refused.position) == ("second", 2)
    assert joined.size == sum(len(line) for line in LINES)


def test_counts_of_several_files_are_told_of_each(tmp_path: Path) -> None:
    """Two notes of the same number were one: half of the lines that were left out were not told."""
    files = []
    for name, piece in (("a", LINES[:5]), ("b", LINES[5:])):
        (tmp_path / name).write_text("".join(piece))
        files.append(QUEUE_LOG.open(tmp_path / name, "pbx", KEY, {"ignore": ("CONNECT",)}))
    joined = JoinedFiles(files)
    list(read(joined))
    assert joined.notes() == ("a: 1 line with CONNECT ignored", "b: 1 line with CONNECT ignored")


def test_of_several_exports_the_one_without_a_row_is_named(tmp_path: Path) -> None:
    """A note without its file would say only that one of a year's exports failed."""
    header = "leg_id,queue,arrived_at,answered_at,left_at,ended_at,outcome\n"
    for name, rows in (("a.csv", "1,q,2010-08-01T07:00:00Z,,,,open\n"), ("b.csv", "")):
        (tmp_path / name).write_text(header + rows)
    files = [RecordsFile(InputFile(tmp_path / name), "s", KEY) for name in ("a.csv", "b.csv")]
    joined = JoinedFiles(files)
    list(read(joined))
    assert joined.notes() == ("b.csv: 0 rows below the header",)


def test_progress_goes_on_from_file_to_file(tmp_path: Path) -> None:
    class Noted(Progress):
        def __init__(self) -> None:
            super().__init__("", 1, "B", io.StringIO())
            self.done: list[int] = []

        def move_to(self, done: int) -> None:
            self.done.append(done)

    noted = Noted()
    joined = JoinedFiles([log(tmp_path / "a", LINES[:5]), log(tmp_path / "b", LINES[5:])])
    list(joined.read(NOW, noted))
    assert noted.done == sorted(noted.done)
    assert noted.done[-1] == joined.size


def test_a_file_that_begins_earlier_is_read_for_itself(tmp_path: Path) -> None:
    first = log(tmp_path / "first", LINES[:5])
    read(first)
    left = first.left_behind()
    assert left is not None
    again = log(tmp_path / "again", LINES[:5])
    go_on_after(again, left)
    read(first)
    assert told(read(again)) == told(read(log(tmp_path / "once", LINES[:5])))


def test_of_files_that_begin_in_one_second_the_one_that_ends_in_it_is_first(
    tmp_path: Path,
) -> None:
    lines = [LINES[1], LINES[1].replace("7.1", "7.2"), LINES[3]]
    first, second = log(tmp_path / "z", lines[:1]), log(tmp_path / "a", lines[1:])
    joined = JoinedFiles([second, first])
    assert joined.files == [first, second]
    assert told(read(joined)) == told(read(log(tmp_path / "whole", lines)))


def test_files_of_one_and_the_same_second_are_refused_unless_one_is_a_copy(tmp_path: Path) -> None:
    lines = [
        "1675555001|7.1|q|NONE|ENTERQUEUE||5550001|1\n",
        "1675555001|7.1|q|A|CONNECT|0|7.9|3\n",
    ]
    one, other = log(tmp_path / "one", lines[:1]), log(tmp_path / "other", lines[1:])
    with pytest.raises(InputFileError, match="nothing says which comes first; join them"):
        JoinedFiles([other, one])
    copy = log(tmp_path / "copy", lines[:1])
    assert told(read(JoinedFiles([copy, one])))[:1] == told(read(one))


def test_a_file_without_a_time_does_not_part_the_others_from_what_was_sent_before(
    tmp_path: Path,
) -> None:
    first, second = log(tmp_path / "first", LINES[:5]), log(tmp_path / "second", LINES[5:])
    read(first)
    left = first.left_behind()
    assert left is not None
    table = "time;callid;queuename;agent;event;data1\n2025-10-26 02:30:00;8.1;q;NONE;ENTERQUEUE;\n"
    (tmp_path / "night").write_text(table)
    night = QUEUE_LOG.open(tmp_path / "night", "pbx", KEY, {"time_zone": "Europe/Berlin"})
    assert night.begins_at() is None
    joined = JoinedFiles([night, second])
    assert go_on_after(joined, left)
    assert second.left_behind() is None
    read(joined)
    assert [each.ends_at for each in joined.left_by_each()] == [1_675_555_031_000]


def test_a_piece_of_one_command_is_sent_again_alone(tmp_path: Path) -> None:
    cuts = [LINES[:5], LINES[5:8], LINES[8:]]  # nobody waits at the end of the second one
    files = [log(tmp_path / f"piece-{number}", lines) for number, lines in enumerate(cuts)]
    joined = JoinedFiles(files)
    whole = told(read(joined))
    again = log(tmp_path / "again", cuts[1])
    assert go_on_after(again, *joined.left_by_each())
    assert set(told(read(again))) <= set(whole)


def test_what_is_left_names_all_lines_of_its_last_second_also_those_of_the_file_before(
    tmp_path: Path,
) -> None:
    lines = [
        "1675555001|7.1|q|NONE|ENTERQUEUE||5550001|1\n",
        "1675555001|7.1|q|A|CONNECT|0|7.9|3\n",
    ]
    first, second = log(tmp_path / "first", lines[:1]), log(tmp_path / "second", lines[1:])
    read(first)
    left = first.left_behind()
    assert left is not None
    assert go_on_after(second, left)
    read(second)
    left = second.left_behind()
    assert left is not None
    whole = log(tmp_path / "whole", lines)
    assert not go_on_after(whole, left)


def test_files_that_cannot_say_when_they_begin_keep_their_order(tmp_path: Path) -> None:
    files: list[FinishedFile] = []
    for name in ("b", "a"):
        (path := tmp_path / f"{name}.csv").write_text("leg_id,queue,arrived_at,outcome\n")
        files.append(RecordsFile(InputFile(path), name, KEY))
    assert [file.source for file in JoinedFiles(files).files] == ["b", "a"]


def test_a_file_that_repeats_the_last_lines_of_another_one_is_read_for_itself(
    tmp_path: Path,
) -> None:
    first, whole = log(tmp_path / "first", LINES[1:2]), log(tmp_path / "whole", LINES[1:])
    read(first)
    left = first.left_behind()
    assert left is not None
    assert not go_on_after(whole, left)
    next_second = log(tmp_path / "next", LINES[2:])
    assert go_on_after(next_second, left)
    same_second = log(tmp_path / "same", ["1675555001|7.9|sales|NONE|ENTERQUEUE||5550009|1\n"])
    assert go_on_after(same_second, left)


def test_a_piece_that_is_sent_again_goes_on_with_what_the_piece_before_it_left(
    tmp_path: Path,
) -> None:
    lefts: list[LeftBehind] = []
    second: list[str] = []
    for name, lines in (("a", LINES[:5]), ("b", LINES[5:9]), ("c", LINES[9:])):
        file = log(tmp_path / name, lines)
        go_on_after(file, *lefts)
        items = told(read(file))
        if name == "b":
            second = items
        left = file.left_behind()
        assert left is not None
        lefts.append(left)
    again = log(tmp_path / "b", LINES[5:9])
    assert go_on_after(again, *lefts)
    assert told(read(again)) == second


def test_a_file_that_goes_on_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    first, second = log(tmp_path / "first", LINES[:5]), log(tmp_path / "second", LINES[5:])
    read(first)
    left = first.left_behind()
    assert left is not None
    assert go_on_after(second, left)
    once = told(read(second))
    assert told(read(second)) == once


def test_a_call_that_still_waits_is_told_with_the_place_of_its_own_row(tmp_path: Path) -> None:
    header = "leg_id,queue,arrived_at,left_at,outcome\n"
    waits, gone = (
        "1,q,2010-08-01T07:00:00Z,,open\n",
        "2,q,2010-08-01T07:00:00Z,2010-08-01T07:00:09Z,abandoned\n",
    )
    files: list[FinishedFile] = []
    for name, rows in (("a.csv", waits + gone), ("b.csv", gone + waits + gone)):
        (tmp_path / name).write_text(header + rows)
        files.append(RecordsFile(InputFile(tmp_path / name), "records", KEY))
    joined = JoinedFiles(files)
    places = [
        (getattr(item, "leg_id", ""), joined.reading, joined.position)
        for item in joined.read(NOW, silent())
    ]
    assert places == [
        ("2", "a.csv", 3), ("1", "a.csv", 2), ("2", "b.csv", 2), ("2", "b.csv", 4), ("1", "b.csv", 3),
    ]  # fmt: skip
