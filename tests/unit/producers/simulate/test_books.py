"""The files of `--ledger`: a file without faults, a folder with them; wrong use is one line."""

from pathlib import Path

import click
import pytest

from producers.simulate.books import Books
from producers.simulate.ledger import COLUMNS
from tests.support.builders import call, clock
from tests.support.faulty import small_centre

DEMANDS = small_centre().demands
HEAD = ",".join(COLUMNS) + "\n"


def test_without_faults_it_is_one_file(tmp_path: Path) -> None:
    with Books(tmp_path / "ledger.csv", DEMANDS, faulty=False) as books:
        assert books.recount is None
        assert books.close() is None
    assert (tmp_path / "ledger.csv").read_text() == HEAD


def test_with_faults_it_is_two_files_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "far" / "books"
    with Books(folder, DEMANDS, faulty=True) as books:
        assert books.recount is not None
        queued = call("queued", "ada", clock("09:00"))
        books.recount.hear(queued, queued.at)
        assert books.close() == "of 0 legs 0 are known as they were; 1 that never were"
    assert (folder / "truth.csv").read_text() == HEAD
    assert len((folder / "expected.csv").read_text().splitlines()) == 2


def test_a_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(click.BadParameter, match="with --faults it is a folder"):
        Books(tmp_path / "file", DEMANDS, faulty=True)
    with pytest.raises(click.BadParameter, match="without --faults it is a file"):
        Books(tmp_path, DEMANDS, faulty=False)
    assert (tmp_path / "file").read_text() == "precious"
    with pytest.raises(click.ClickException, match="cannot write the ledger"):
        Books(tmp_path / "file" / "books", DEMANDS, faulty=True)
