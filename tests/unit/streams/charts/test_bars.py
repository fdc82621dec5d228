"""Bars: as long as their value, none without one, each with its goal."""

from streams.charts.bars import Bar, bars
from streams.charts.frame import NARROW, WIDE, Frame
from tests.support.drawn import drawn, number, of_class, texts

FRAME = Frame("Service level by centre")


def test_a_bar_is_as_long_as_its_value_says() -> None:
    chart = bars(FRAME, [Bar("a", 1.0, "x"), Bar("b", 0.25, "x"), Bar("c", 3.0, "x")], 1.0)
    whole, quarter, over = (number(each, "width") for each in of_class(chart, "c-bar"))
    assert quarter == whole / 4
    assert over == whole  # not out of the picture


def test_no_value_has_no_bar_and_zero_has_one_that_can_be_seen() -> None:
    assert of_class(bars(FRAME, [Bar("a", None, "–")], 1.0), "c-bar") == []
    assert number(of_class(bars(FRAME, [Bar("a", 0.0, "0 %")], 1.0), "c-bar")[0], "width") == 1
    assert texts(bars(FRAME, [Bar("a", None, "–")], 1.0)) == ["a", "–"]


def test_the_goal_of_each_stands_in_its_own_row_and_is_explained_once() -> None:
    rows = [Bar("a", 0.5, "50 %", 0.8), Bar("b", 0.5, "50 %", 0.9), Bar("c", 0.5, "50 %")]
    chart = bars(FRAME, rows, 1.0, "Goal")
    assert len(of_class(chart, "c-goal")) == 3  # two goals, and the sample
    assert texts(chart)[-1] == "Goal"
    assert "Goal" not in texts(bars(FRAME, rows[2:], 1.0, "Goal"))


def test_what_is_below_its_goal_has_a_mark_beside_its_value() -> None:
    rows = [Bar("a", 0.5, "50 %", 0.8, is_bad=True), Bar("b", 0.9, "90 %", 0.8)]
    assert len(of_class(bars(FRAME, rows, 1.0), "c-bad")) == 1


def test_from_right_to_left_bars_begin_at_the_right() -> None:
    for width in (WIDE, NARROW):
        rows = [Bar("a", 0.5, "50 %")]
        bar = of_class(bars(Frame("t", width, is_right_to_left=True), rows, 1.0), "c-bar")[0]
        assert number(bar, "x") + number(bar, "width") == width


def test_forty_rows_stand_below_each_other() -> None:
    chart = bars(FRAME, [Bar(f"q{at}", 0.5, "50 %") for at in range(40)], 1.0)
    tops = [number(each, "y") for each in of_class(chart, "c-bar")]
    assert tops == sorted(set(tops))
    assert tops[-1] < float(drawn(chart).get("viewBox", "").split()[3])


def test_without_rows_or_without_a_scale_nothing_breaks() -> None:
    assert texts(bars(FRAME, [], 0.0)) == []
    assert of_class(bars(FRAME, [Bar("a", 0.0, "0")], 0.0), "c-bar")
