"""Messages in every language, word by word: tests/golden/messages is for people who know the language."""

import pytest

from schemas.owners import Language
from tests.support.golden_messages import FOLDER, LANGUAGES, rendered


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_messages_of_a_language_are_those_that_were_read(language: Language) -> None:
    text = (FOLDER / f"{language}.txt").read_text()
    assert rendered(language) == text, "run `python -m tests.support.golden_messages`, and read it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_of_a_queue_with_a_short_name_is_cut(language: Language) -> None:
    """What is cut off is the end: that it is within its limit again."""
    titles = [line for line in rendered(language).splitlines() if line.startswith("title (")]
    assert len(titles) > 20
    assert [title for title in titles if "…" in title] == []
