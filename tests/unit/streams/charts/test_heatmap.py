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
    chart = heatmap(Frame("t"), HEAT)
    said = texts(chart)
    assert said[:5] == ["Mon", "Tue", "Wed", "08:00", "08:30"]
    assert sorted(said[5:11]) == sorted(["92", "71", "–", "0", "2/3", "88"])
    assert said[11:] == [*HEAT.steps, "below the goal"]


def test_what_has_no_value_or_too_few_calls_has_no_step() -> None:
    (none,) = of_class(heatmap(Frame("t"), HEAT), "c-none")
    assert len(none) == 2


def test_below_the_goal_there_is_a_mark_whatever_the_colour_is() -> None:
    def marks(step: int) -> int:
        (letters,) = of_class(heatmap(Frame("t"), HEAT), f"c-on-{step}")
        return sum(each.get("d") is not None for each in letters)

    assert [marks(step) for step in (0, 3, 4)] == [0, 1, 1]


def test_a_week_begins_where_reading_does() -> None:
    def monday(*, is_right_to_left: bool) -> float:
        chart = heatmap(Frame("t", NARROW, is_right_to_left=is_right_to_left), HEAT)
        return number(of_class(chart, "c-muted", "text")[0], "x")

    assert monday(is_right_to_left=False) < NARROW / 2 < monday(is_right_to_left=True)


def test_the_tooltip_of_a_cell_says_more() -> None:
    assert "<title>Mon 08:30: 0 % of 12</title>" in heatmap(Frame("t"), HEAT)


def test_without_rows_there_is_still_its_key() -> None:
    assert "80–90 %" in texts(heatmap(Frame("t"), Heat((), (), (), HEAT.steps)))
