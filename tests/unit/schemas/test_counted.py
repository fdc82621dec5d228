"""A number with the word of what is counted."""

from schemas.counted import counted


def test_one_is_singular_and_thousands_are_grouped() -> None:
    assert [counted(n, "legs") for n in (0, 1, 2, 3120)] == ["0 legs", "1 leg", "2 legs", "3,120 legs"]  # fmt: skip
