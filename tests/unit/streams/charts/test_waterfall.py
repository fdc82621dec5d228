"""A waterfall: each loss begins where the one before ended."""

from streams.charts.frame import Frame
from streams.charts.waterfall import Step, waterfall
from tests.support.drawn import number, of_class, texts

STEPS = [
    Step("called", 100, "100", is_total=True),
    Step("refused", 10, "10"),
    Step("abandoned", 30, "30"),
    Step("in target", 60, "60", is_total=True),
]


def test_losses_hang_from_what_was_left() -> None:
    chart = waterfall(Frame("t"), STEPS)
    whole, left = of_class(chart, "c-bar")
    refused, abandoned = of_class(chart, "c-loss")
    unit = number(whole, "width") / 100
    assert abs(number(refused, "x") - 90 * unit) < 0.01
    assert abs(number(abandoned, "x") - 60 * unit) < 0.01
    assert abs(number(abandoned, "x") - number(left, "width")) < 0.01
    assert texts(chart) == [
        "called", "100", "refused", "10", "abandoned", "30", "in target", "60",
    ]  # fmt: skip


def test_more_losses_than_there_were_do_not_leave_the_picture() -> None:
    chart = waterfall(Frame("t"), [Step("called", 5, "5", is_total=True), Step("lost", 9, "9")])
    assert all(number(each, "x") >= 0 for each in of_class(chart, "c-loss"))


def test_nothing_at_all_is_an_empty_picture() -> None:
    assert texts(waterfall(Frame("t"), [])) == []
    assert number(of_class(waterfall(Frame("t"), [Step("a", 0, "0")]), "c-loss")[0], "width") == 0
