"""A heatmap: every cell says its value; no value has no step."""

from streams.charts.frame import NARROW, Frame
from streams.charts.heatmap import Cell, Heat, heatmap
from tests.support.drawn import number, of_class, texts

HEAT = Heat(
    rows=("08:00", "08:30"),
    columns=("Mon", "Tue", "Wed"),
    cells=(
        (Cell("92", 0), Cell("71", 3, is_bad=True), Cell("–")),
        (Cell("0", 4, is_bad=True, tip="Mon 08:30: 0 % of 12"), Cell("2/3"), Cell("88", 0)),
    ),
    steps=("90–100 %", "80–90 %", "70–80 %", "50–70 %", "0–50 %"),
    bad_says="below the goal",
)


def test_every_cell_says_its_value() -> None:
    said = texts(heatmap(Frame("t"), HEAT))
    assert said[:3] == ["Mon", "Tue", "Wed"]
    assert said[3:11] == ["08:00", "92", "71", "–", "08:30", "0", "2/3", "88"]
    assert said[11:] == [*HEAT.steps, "below the goal"]


def test_what_has_no_value_or_too_few_calls_has_no_step() -> None:
    assert len(of_class(heatmap(Frame("t"), HEAT), "c-none")) == 2


def test_below_the_goal_there_is_a_mark_whatever_the_colour_is() -> None:
    marks = [each for each in of_class(heatmap(Frame("t"), HEAT), "c-on-4") if each.get("d")]
    assert len(marks) == 1
    assert len([each for each in of_class(heatmap(Frame("t"), HEAT), "c-on-3") if each.get("d")]) == 1  # fmt: skip


def test_a_week_begins_where_reading_does() -> None:
    def monday(*, is_right_to_left: bool) -> float:
        chart = heatmap(Frame("t", NARROW, is_right_to_left=is_right_to_left), HEAT)
        return number(of_class(chart, "c-muted", "text")[0], "x")

    assert monday(is_right_to_left=False) < NARROW / 2 < monday(is_right_to_left=True)


def test_the_tooltip_of_a_cell_says_more() -> None:
    assert "<title>Mon 08:30: 0 % of 12</title>" in heatmap(Frame("t"), HEAT)


def test_without_rows_there_is_still_its_key() -> None:
    assert "80–90 %" in texts(heatmap(Frame("t"), Heat((), (), (), HEAT.steps)))
