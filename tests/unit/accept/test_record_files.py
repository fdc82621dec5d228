"""No row is lost or told twice by the files that acceptance makes of the records."""

import gzip
from pathlib import Path

import pytest

from tests.accept.record_files import cut, shuffled

HEADER = "leg_id,queue"
ROWS = [f"{number},billing" for number in range(9)]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.csv"
    path.write_text("\n".join((HEADER, *ROWS)))  # without a line end after the last row
    return path


def test_shuffled_rows_are_the_same_rows_in_another_order(records: Path, tmp_path: Path) -> None:
    head, *rows = shuffled(records, tmp_path).read_text().splitlines()
    assert head == HEADER
    assert rows != ROWS
    assert sorted(rows) == ROWS


@pytest.mark.parametrize("files", [1, 5, 9])
def test_every_row_is_in_one_of_the_files_and_each_has_the_header(
    records: Path, tmp_path: Path, files: int
) -> None:
    paths = cut(records, tmp_path, files)
    told = [_text(path).splitlines() for path in paths]
    assert [lines[0] for lines in told] == [HEADER] * files
    assert all(len(lines) > 1 for lines in told)
    assert sorted(row for lines in told for row in lines[1:]) == ROWS
    assert len(set(paths)) == files


def test_the_files_come_in_another_order_and_some_are_gzipped(
    records: Path, tmp_path: Path
) -> None:
    paths = cut(records, tmp_path, 5)
    first_rows = [_text(path).splitlines()[1] for path in paths]
    assert first_rows != sorted(first_rows)
    assert {path.suffix == ".gz" for path in paths} == {True, False}


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
