import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from producers.input_file import InputFile, InputFileError
from producers.progress import silent


def _problem(file: InputFile) -> str:
    with pytest.raises(InputFileError) as caught:
        file.check()
    assert str(caught.value).startswith(f"{file.path}: ")
    return str(caught.value).removeprefix(f"{file.path}: ")


def test_plain_and_gzipped_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    for name, content in (
        ("plain.gz", b"\xef\xbb\xbfa,b\r\n1,2\r\n"),
        ("packed.csv", gzip.compress(b"a,b\n1,2\n")),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        InputFile(path).check()
        assert list(InputFile(path).lines(silent())) == [(1, "a,b"), (2, "1,2")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\n \r\n", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "line 1 is not utf-8 text: a binary file, or another encoding? (--encoding names it)"),
        (lzma.compress(b"a,b\n1,2\n"), "packed with xz: unpack it first (only gzip is unpacked here)"),
        (bz2.compress(b"a,b\n1,2\n"), "packed with bzip2: unpack it first (only gzip is unpacked here)"),
        (b"\0" * 4_096 + b"1741693200|7.1|q|NONE|ENTERQUEUE\n", "begins with NUL bytes: a log that was cut while somebody wrote it (copytruncate)? `tr -d '\\000' <FILE >NEW` takes them out"),
        (b"a,b\n1,2\nKing\x92s,3\n", "line 3 is not utf-8 text: a binary file, or another encoding? (--encoding names it)"),
        (b"a,b\n\xc3", "line 2 is not utf-8 text: a binary file, or another encoding? (--encoding names it)"),
        (gzip.compress(b"a,b\n" * 9_000)[:-12], "damaged gzip: Compressed file ended before the end-of-stream marker was reached"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_claims(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(content)
    assert _problem(InputFile(path)) == problem


def test_gzip_with_a_changed_byte_is_damaged(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(b"a,b\n1,2\n" * 100))
    content[-6] ^= 0xFF
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(content)
    assert _problem(InputFile(path)).startswith("damaged gzip: CRC check failed")


def test_missing_files_and_folders_are_one_line(tmp_path: Path) -> None:
    assert _problem(InputFile(tmp_path / "none.csv")) == "No such file or directory"
    assert _problem(InputFile(tmp_path)) == "Is a directory"


def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes("Überlauf\n".encode("utf-16"))
    file = InputFile(path, "utf-16")
    file.check()
    assert list(file.lines(silent())) == [(1, "Überlauf")]


def test_a_log_is_read_whatever_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1|a|b|c|D|King\x92s\n")
    file = InputFile(path, errors="backslashreplace")
    file.check()
    assert list(file.lines(silent())) == [(1, "1|a|b|c|D|King\\x92s")]


def test_the_stem_is_the_name_without_its_endings() -> None:
    assert InputFile(Path("day.csv.gz")).stem == "day"
    assert InputFile(Path(".hidden")).stem == ".hidden"


def test_utf_16_without_its_mark_is_one_line(tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text("leg_id,queue\n")
    with pytest.raises(InputFileError, match="line 1 is not utf-16 text"):
        InputFile(path, "utf-16").check()


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        (b"a,b\n1,2\n", True),
        (b"a,b\r1,2\r", True),
        (b"a,b\n1,2\r\n \t", True),
        (b"a,b\n1,2", False),
        ("a,b\n1,2\n".encode("utf-16-le"), True),
        ("a,b\n1,2\n".encode("utf-16-be"), True),
        ("a,b\n1,2".encode("utf-16-le"), False),
        (gzip.compress(b"a,b\n1,2"), True),
    ],
)
def test_whether_the_last_line_has_a_line_end(tmp_path: Path, content: bytes, ends: bool) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"x,y\n" * 400 + content if not content.startswith(b"\x1f") else content)
    assert InputFile(path).ends_a_line() is ends


def test_a_byte_order_mark_at_the_seam_of_joined_files_is_no_text(tmp_path: Path) -> None:
    joined = tmp_path / "joined.csv"
    for encoding, part in (
        ("utf-8", "a\r\n".encode("utf-8-sig")),
        ("utf-16", "a\r\n".encode("utf-16")),
    ):
        joined.write_bytes(part * 2)
        assert list(InputFile(joined, encoding).lines(silent())) == [(1, "a"), (2, "a")]
