"""Messages in every language, word by word: tests/golden/messages is for people who know the language."""

import pytest

from schemas.owners import Language
from tests.support.golden_messages import FOLDER, LANGUAGES, rendered


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_messages_of_a_language_are_those_that_were_read(language: Language) -> None:
    text = (FOLDER / f"{language}.txt").read_text()
    assert rendered(language) == text, "run `python -m tests.support.golden_messages`, and read it"
