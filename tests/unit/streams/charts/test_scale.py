"""The top of an axis is a number whose half is one, too."""

from hypothesis import given
from hypothesis import strategies as st

from streams.charts.scale import counts, round_up


@given(st.floats(0, 1e9))
def test_the_top_is_not_below_what_is_drawn_and_not_far_above(most: float) -> None:
    top = round_up(most)
    assert top >= most
    assert top <= max(2.0, 2 * most)
    assert top % 2 == 0


def test_round_numbers() -> None:
    assert [round_up(most) for most in (0, 2, 3, 9, 10, 11, 100, 101, 350)] == [
        2, 2, 4, 10, 10, 20, 100, 200, 400,
    ]  # fmt: skip


def test_marks_stand_at_the_half_and_the_top() -> None:
    assert counts(350, lambda n: f"{n:,}") == (400, ((0.0, ""), (200, "200"), (400, "400")))
