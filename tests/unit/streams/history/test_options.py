import pytest

from schemas.millis import HOUR, MINUTE
from streams.history.options import CONTACT_ID, EVERY, STEP, WINDOW, Option


@pytest.mark.parametrize("option", [STEP, WINDOW])
def test_lengths_are_whole_minutes(option: Option) -> None:
    assert option.read("90m") == 90 * MINUTE
    for text in ("90s", "0m", "soon"):
        with pytest.raises(ValueError):
            option.read(text)


def test_an_interval_is_one_that_tiles_the_day() -> None:
    assert EVERY.read("1h") == HOUR
    assert EVERY.default in EVERY.choices


def test_no_contact_is_asked_for_by_nothing() -> None:
    assert CONTACT_ID.read("1762066805.4711") == "1762066805.4711"
    for text in ("", " "):
        with pytest.raises(ValueError, match="it is empty: give the id of a contact, or of one of"):
            CONTACT_ID.read(text)
