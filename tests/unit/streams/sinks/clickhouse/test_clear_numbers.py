"""What counts as the number of a caller in a text."""

import re

import pytest

from streams.sinks.clickhouse.clear_numbers import pattern_of


@pytest.mark.parametrize(
    ("number", "text", "is_there"),
    [
        ("071 555 0007", "to 0715550007", True),
        ("071 555 0007", "SIP/0715550007@pbx", True),
        ("071 555 0007", "(071) 555-0007", True),
        ("+27 71 555 0007", "0027715550007", True),
        ("0027715550007", "+27 71 555 0007", True),
        ("071 555 0007", "10715550007", False),
        ("071 555 0007", "07155500071", False),
        ("071 555 0007", "071 555 0008", False),
        ("071 555 0007", "071....555....0007", False),
    ],
)
def test_a_number_is_found_as_a_whole_however_it_is_written(
    number: str, text: str, is_there: bool
) -> None:
    pattern = pattern_of(number)
    assert pattern is not None
    assert bool(re.search(pattern, text)) == is_there


def test_a_short_number_is_looked_for_in_no_text() -> None:
    assert pattern_of("555 12") is None
    assert pattern_of("555 123") is not None
