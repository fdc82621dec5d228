import pytest

from producers.records.mapping import parse_mapping
from producers.records.outcome_words import MEANINGS, is_answer, is_known_word


@pytest.mark.parametrize(
    ("word", "known", "answer"),
    [
        ("Answered", True, True),
        ("call completed", False, False),
        ("Completed", True, True),
        ("No Answer", True, False),
        ("abandoned", True, False),
        ("Open", True, False),
        ("Atendida", True, True),
        ("solved", False, False),
    ],
)
def test_what_a_word_says(word: str, known: bool, answer: bool) -> None:
    assert (is_known_word(word), is_answer(word)) == (known, answer)


def test_every_meaning_is_one_that_a_mapping_may_give() -> None:
    lines = "\n".join(f'"{word}" = "{ours}"' for word, ours in MEANINGS.items())
    assert len(parse_mapping(f"[outcomes]\n{lines}").outcomes) == len(MEANINGS)
