"""What an encoding is, and which one a file is found to have."""

import gzip
from pathlib import Path

import pytest

from producers.encodings import found_encoding, is_encoding
from producers.input_file import InputFile, InputFileError
from producers.progress import silent

TEXT = "queue,agent\nÜberlauf,Zoë\n"


@pytest.mark.parametrize("name", ["utf-8", "cp1252", "UTF-16", "latin_1"])
def test_encodings_of_texts(name: str) -> None:
    assert is_encoding(name)


@pytest.mark.parametrize("name", ["latin-99", "base64", "\0"])
def test_what_is_no_encoding_of_texts(name: str) -> None:
    assert not is_encoding(name)


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", ""), ("utf-8-sig", ""), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_in_the_first_encoding_that_fits(
    tmp_path: Path, written: str, found: str, packed: bool
) -> None:
    path = tmp_path / "day.csv"
    content = TEXT.encode(written)
    path.write_bytes(gzip.compress(content) if packed else content)
    file = found_encoding(InputFile(path))
    assert file.encoding == found
    assert [line for _, line in file.lines(silent())] == TEXT.splitlines()


def test_utf_16_with_the_other_order_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert found_encoding(InputFile(path)).encoding == "utf-16"


@pytest.mark.parametrize(
    ("content", "encoding", "problem"),
    [
        (TEXT.encode("cp1252"), "utf-8", "line 2 is not utf-8 text"),
        (TEXT.encode("cp1252"), "ascii", "line 2 is not ascii text"),
        (b"a,b\nK\x81,1\n", "", "line 2 is not utf-8 text"),  # no character of cp1252 either
        ("a,b\n1,2\n".encode("utf-16-le"), "", "line 1 is not utf-8 text"),  # without its mark
        (b"\xff\xfea\x00\n\x00b", "", "line 2 is not utf-16 text"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "", "line 1 is not utf-16 text"),  # utf-32
        (b"", "", "the file is empty"),
    ],
)
def test_what_fits_nothing_is_one_line(
    tmp_path: Path, content: bytes, encoding: str, problem: str
) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    with pytest.raises(InputFileError) as caught:
        found_encoding(InputFile(path, encoding))
    advice = (
        ": a binary file, or another encoding? (--encoding names it)" if "line" in problem else ""
    )
    assert str(caught.value) == f"{path}: {problem}{advice}"
