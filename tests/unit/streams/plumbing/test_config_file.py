"""A secret of a file is the one that stands there now. What files and variables may say is in the test of each of them."""

from pathlib import Path

import pytest

from streams.plumbing.config_file import ConfigError, Secret, Settings, Vocabulary

WORDS = Vocabulary(option="--way-config", prefix="WAY_", names=("word", "word.file"))


def test_a_renewed_secret_is_used_at_once_and_a_half_written_one_is_not(tmp_path: Path) -> None:
    place = tmp_path / "word"
    place.write_text("first\n")
    secret = Settings(WORDS, None, {"WAY_WORD_FILE": str(place)}).secret("word", "word.file")
    assert secret.text == "first"
    place.write_text("second\n")
    assert secret.text == "second"
    place.write_text("")
    assert secret.text == "second"
    place.unlink()
    assert secret.text == "second"
    assert "second" not in repr(secret)
    assert (secret == Secret("second"), secret == Secret("first")) == (True, False)


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    (tmp_path / "word").touch()
    settings = Settings(WORDS, None, {"WAY_WORD_FILE": str(tmp_path / "word")})
    with pytest.raises(ConfigError, match=r"^WAY_WORD_FILE: .*/word is empty"):
        settings.secret("word", "word.file")
