import pytest

from schemas.millis import HOUR, MINUTE
from streams.history.options import EVERY, STEP, WINDOW, Option


@pytest.mark.parametrize("option", [STEP, WINDOW])
def test_lengths_are_whole_minutes(option: Option) -> None:
    assert option.read("90m") == 90 * MINUTE
    for text in ("90s", "0m", "soon"):
        with pytest.raises(ValueError):
            option.read(text)


def test_an_interval_is_one_that_tiles_the_day() -> None:
    assert EVERY.read("1h") == HOUR
    assert EVERY.default in EVERY.choices
