"""What strangers wrote, on one line."""

import pytest

from schemas.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Störung – 水", "Störung – 水"),
        ("two\nlines\t", "two\\nlines\\t"),
        ("\x1b[2J\0", "\\x1b[2J\\x00"),
        ("\u202enil", "\\u202enil"),  # would turn the rest of the line around
    ],
)
def test_signs_that_break_or_steer_a_line_are_spelt(text: str, shown: str) -> None:
    assert printable(text) == shown
