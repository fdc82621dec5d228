"""The folder for the web: whole files, and a page that lists what is there."""

import re
from pathlib import Path

import pytest

from streams.plumbing.whole_file import write_whole
from streams.scheduled import folder
from streams.scheduled.folder import FolderError, index_page, keep


def test_files_are_there_with_a_page_of_them_newest_first(tmp_path: Path) -> None:
    where = tmp_path / "made" / "www"
    keep(where, {"committee-2026-09.pdf": b"1", "committee-2026-09.csv": b"2"})
    keep(where, {"daily-2026-10-31.html": b"3"})
    keep(where, {"committee-2026-10.pdf": b"4", "weekly-2026-W44.pdf": b"5"})
    assert (where / "committee-2026-10.pdf").read_bytes() == b"4"
    page = (where / "index.html").read_text()
    assert re.findall(r'href="(.*?)"', page) == [
        "weekly-2026-W44.pdf",  # it ends on 1 November
        "daily-2026-10-31.html",
        "committee-2026-10.pdf",
        "committee-2026-09.csv",
        "committee-2026-09.pdf",
    ]
    assert "<td>2026-W44</td><td>weekly</td>" in page
    assert not [each for each in where.iterdir() if each.name.startswith(".")]


def test_what_is_no_report_is_not_on_the_page() -> None:
    names = ["index.html", "notes.txt", "a-2026-13.pdf", '"><script>-2026-10.pdf', "a-2026-10.exe", "-2026-10.pdf", ".a-2026-10.pdf"]  # fmt: skip
    page = index_page(names)
    assert "href" not in page
    assert "<script>" not in page


def test_a_name_with_a_year_in_it_is_a_name() -> None:
    page = index_page(["plan-2026-2026-10.pdf"])
    assert "<td>2026-10</td><td>plan-2026</td>" in page


def test_the_page_knows_what_another_process_added_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def slow(file: Path, body: bytes, rights: int) -> None:
        if file.name == "index.html" and not written:
            written.append(1)
            (tmp_path / "other-2026-10.pdf").write_bytes(b"x")
        write_whole(file, body, rights)

    monkeypatch.setattr(folder, "write_whole", slow)
    keep(tmp_path, {"committee-2026-10.pdf": b"1"})
    assert "other-2026-10.pdf" in (tmp_path / "index.html").read_text()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FolderError, match=r"file cannot be written: File exists"):
        keep(tmp_path / "file", {})
