"""Durations as the languages write them; the words themselves are in tests/golden/messages."""

import pytest

from schemas.goal import whole_percent
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.owners import Language
from streams.history.language import language_of
from streams.messages.words import words_of


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (0, "0s"),
        (-5, "0s"),
        (999, "0s"),
        (59 * SECOND + 999, "59s"),
        (2 * MINUTE + 10 * SECOND, "2m10s"),
        (HOUR + 59 * SECOND, "1h"),
        (3 * HOUR + 7 * MINUTE + 59 * SECOND, "3h7m"),
        (DAY + 5 * MINUTE, "1d"),
        (2 * DAY + 5 * HOUR, "2d5h"),
    ],
)
def test_a_duration_has_two_units_at_most(duration_ms: int, text: str) -> None:
    assert words_of("en").duration(duration_ms) == text


@pytest.mark.parametrize(
    ("language", "text"), [("id", "2 mnt 10 dtk"), ("ar", "2 د 10 ث"), ("zu", "2 min 10 sec")]
)
def test_a_duration_has_the_units_of_the_language(language: Language, text: str) -> None:
    assert words_of(language).duration(2 * MINUTE + 10 * SECOND) == text


@pytest.mark.parametrize("language", ["en", "id", "ar", "zu"])
def test_a_share_is_written_as_in_reports(language: Language) -> None:
    """One message said "49% will be answered in time (goal 80 %)"."""
    said = words_of(language).percent.format(n=49)
    assert said == language_of(language).percent_whole(0.49).strip("\u2066\u2069")
    assert words_of("en").percent.format(n=49) == whole_percent(0.49)
