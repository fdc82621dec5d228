"""The address of a file, and one line for each way in which there is none."""

from pathlib import Path

import pytest

from streams.admin.secret_url import SecretUrlError, url_of_file


def test_it_is_what_stands_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://beat.example/secret?key=5\n")
    assert url_of_file("--x", tmp_path / "url") == "https://beat.example/secret?key=5"


@pytest.mark.parametrize("text", ["", "ftp://beat.example/secret", "two\nlines", "https:///secret"])
def test_an_error_does_not_say_what_stands_there(text: str, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(text)
    with pytest.raises(SecretUrlError, match="holds no URL") as said:
        url_of_file("--x", tmp_path / "url")
    assert "secret" not in str(said.value).replace(str(tmp_path), "")
    assert str(said.value).startswith("--x: ")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUrlError, match=r"--x: .*none: No such file"):
        url_of_file("--x", tmp_path / "none")
