"""Lines of charts: a gap is a gap."""

from dashboards.wallboard.drawing.lines import path


def test_values_are_joined_from_left_to_right() -> None:
    assert path([0.0, 5.0, 10.0], 10) == "M0.5 100.0L1.5 50.0L2.5 0.0"


def test_what_is_not_known_is_a_gap_and_what_stands_alone_a_point() -> None:
    assert path([1.0, None, 1.0, 1.0, None, 0.0], 1) == "M0.5 0.0h0M2.5 0.0L3.5 0.0M5.5 100.0h0"
    assert path([None, None], 1) == ""


def test_from_right_to_left_the_first_value_is_at_the_right() -> None:
    assert path([0.0, 10.0], 10, mirrored=True) == "M1.5 100.0L0.5 0.0"


def test_a_value_beyond_the_top_stays_in_the_picture() -> None:
    assert path([20.0], 10) == "M0.5 0.0h0"
    assert path([0.0], 0) == "M0.5 100.0h0"
