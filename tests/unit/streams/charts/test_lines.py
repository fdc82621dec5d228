"""Lines: a gap is a gap, a point alone is a point, what still runs is hollow; names that have room."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.charts.frame import NARROW, WIDE, Frame
from streams.charts.lines import HEIGHT, Axis, Line, lines, runs
from streams.charts.scale import QUARTERS
from tests.support.drawn import number, of_class, texts

FRAME = Frame("Service level")
VALUES = st.lists(st.none() | st.floats(0, 1), max_size=60)


def axis(count: int) -> Axis:
    return Axis([f"{at:02}:00" for at in range(count)], 1.0, QUARTERS)


def strokes(values: list[float | None], frame: Frame = FRAME) -> list[str]:
    """Of the line itself, without the sample of its legend."""
    chart = lines(frame, [Line("today", values)], axis(len(values)))
    return [each.get("d", "") for each in of_class(chart, "c-line c-first")][1:]


@given(VALUES)
def test_each_value_is_drawn_once_and_nothing_else(values: list[float | None]) -> None:
    chart = lines(FRAME, [Line("today", values)], axis(len(values)))
    joined = sum(each.count("M") + each.count("L") for each in strokes(values))
    alone = len(of_class(chart, "c-dot c-first"))
    assert joined + alone == sum(value is not None for value in values)


@given(VALUES)
def test_runs_are_what_lies_between_the_gaps(values: list[float | None]) -> None:
    again: list[float | None] = [None] * len(values)
    for run in runs(values):
        assert [place for place, _ in run] == list(range(run[0][0], run[-1][0] + 1))
        for place, value in run:
            again[place] = value
    assert again == values


def test_what_has_no_value_is_a_gap() -> None:
    (path,) = strokes([0.5, 0.5, None, 0.5, 0.5])
    assert path.count("M") == 2
    assert strokes([None, None]) == []


def test_zero_is_at_the_bottom_and_the_top_at_the_top() -> None:
    (path,) = strokes([0.0, 1.0])
    (_, low), (_, high) = (each.split() for each in path.lstrip("M").split("L"))
    assert float(low) - float(high) == HEIGHT


def test_what_still_runs_is_a_hollow_point_off_the_line() -> None:
    chart = lines(FRAME, [Line("today", [0.5, 0.5, 0.9], running=2)], axis(3))
    assert len(of_class(chart, "c-running")) == 1
    assert (
        strokes([0.5, 0.5, None])
        == [each.get("d", "") for each in of_class(chart, "c-line c-first")][1:]
    )
    nothing = lines(FRAME, [Line("today", [0.5, 0.5, None], running=2)], axis(3))
    assert of_class(nothing, "c-running") == []


def test_the_goal_is_a_line_across_with_its_name_in_the_legend() -> None:
    chart = lines(FRAME, [Line("today", [0.5])], axis(1), (0.8, "Goal 80 %"))
    assert len(of_class(chart, "c-goal")) == 2
    assert "Goal 80 %" in texts(chart)
    assert of_class(lines(FRAME, [Line("today", [0.5])], axis(1)), "c-goal") == []


def test_from_right_to_left_time_runs_so_too() -> None:
    (to_right,), (to_left,) = (
        strokes([0.1, 0.2], frame) for frame in (FRAME, Frame("t", is_right_to_left=True))
    )
    first, second = (float(each.split()[0]) for each in to_right.lstrip("M").split("L"))
    mirrored = [float(each.split()[0]) for each in to_left.lstrip("M").split("L")]
    assert first < second
    assert mirrored == pytest.approx([WIDE - first, WIDE - second], abs=0.11)  # a tenth is drawn


def test_names_below_never_touch_each_other() -> None:
    for width, count in ((WIDE, 24), (NARROW, 24), (NARROW, 366)):
        names = lines(Frame("t", width), [Line("x", [0.5] * count)], axis(count))
        places = [
            number(each, "x") for each in of_class(names, "c-muted", "text")
            if (each.text or "").endswith(":00")
        ]  # fmt: skip
        assert len(places) > 2
        assert min(b - a for a, b in itertools.pairwise(places)) > 30
