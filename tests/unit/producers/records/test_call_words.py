import pytest

from producers.records.call_words import CHANNEL_WORDS, DIRECTION_WORDS


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("outgoing", "outbound"),
        ("ausgehend", "outbound"),
        ("masuk", "inbound"),
        ("internal", "internal"),
    ],
)
def test_directions_in_the_words_of_platforms(word: str, direction: str) -> None:
    assert DIRECTION_WORDS[word] == direction


def test_a_chat_is_no_call() -> None:
    assert CHANNEL_WORDS["phone call"] == "voice"
    assert not {"chat", "email", "sms"} & CHANNEL_WORDS.keys()
