"""Numbered marks: each is seen, at its time, in both directions."""

import re

from streams.charts.annotations import Annotation, height, labels, places
from streams.charts.frame import NARROW, Frame
from streams.charts.lines import Axis, Line, lines

FRAME = Frame("Level")
DAYS = 31
AXIS = Axis([str(day) for day in range(1, DAYS + 1)], 1.0, ((0.0, ""), (1.0, "100 %")))
LEVEL = [Line("This", [0.5] * DAYS)]


def noted(number: int, first: float, last: float | None = None, tip: str = "") -> Annotation:
    return Annotation(number, first, first if last is None else last, tip)


def drawn(frame: Frame, *found: Annotation) -> str:
    return lines(frame, LEVEL, AXIS, None, found)


def numbers(svg: str) -> list[tuple[float, str]]:
    """Of the marks: where, and what stands in them."""
    found = re.findall(r'c-note-mark[^>]* x="([\d.]+)".*?</rect><text[^>]*>([^<]*)<', svg)
    return [(float(x), text) for x, text in found]


def test_a_mark_stands_at_its_time_with_its_number() -> None:
    (one, first), (two, second) = numbers(drawn(FRAME, noted(1, 3), noted(2, 20)))
    assert (first, second) == ("1", "2")
    assert one < two


def test_from_right_to_left_the_later_stands_on_the_left() -> None:
    (one, _), (two, _) = numbers(
        drawn(Frame("Level", is_right_to_left=True), noted(1, 3), noted(2, 20))
    )
    assert one > two


def test_of_the_same_columns_there_is_one_mark_with_both_numbers() -> None:
    assert [text for _, text in numbers(drawn(FRAME, noted(1, 3), noted(2, 3)))] == ["1, 2"]
    assert [text for _, text in numbers(drawn(FRAME, noted(1, 3, 9), noted(2, 3)))] == ["1", "2"]


def test_what_lasts_shares_its_row_with_nothing_of_that_time() -> None:
    rows = {each.text: each.row for each in labels(FRAME, [noted(1, 0, 30), noted(2, 20), noted(3, 25)], lambda place: 20 * place)}  # fmt: skip
    assert rows == {"1": 0, "2": 1, "3": 1}
    assert height(labels(FRAME, [noted(1, 0, 30), noted(2, 20)], lambda place: 20 * place)) == 2 * height(labels(FRAME, [noted(1, 0)], lambda place: place))  # fmt: skip


def test_none_covers_another_and_all_stay_in_the_picture() -> None:
    found = labels(Frame("Level", NARROW), [noted(at, at % DAYS) for at in range(2 * DAYS)], lambda place: place * NARROW / DAYS)  # fmt: skip
    for at, each in enumerate(found):
        assert each.start >= 0
        assert each.start + each.width <= NARROW
        for other in found[at + 1 :]:
            apart = each.start + each.width <= other.start or other.start + other.width <= each.start  # fmt: skip
            assert apart or each.row != other.row
    assert sorted(one.number for each in found for one in each.of) == list(range(2 * DAYS))


def test_what_lasts_has_a_line_up_to_its_end() -> None:
    def along(svg: str) -> int:
        return svg.count('class="c-note"')

    assert along(drawn(FRAME, noted(1, 3, 3))) == 1
    assert along(drawn(FRAME, noted(1, 3, 9))) == 2


def test_its_words_are_text_and_never_markup() -> None:
    said = drawn(FRAME, noted(1, 3, tip="<b>burst</b>"))
    assert "<b>" not in said
    assert "&lt;b&gt;burst" in said


def test_without_any_the_picture_is_as_it_was() -> None:
    assert height([]) == 0
    assert drawn(FRAME) == lines(FRAME, LEVEL, AXIS)


def test_what_touches_columns_stands_at_them() -> None:
    assert places([0, 10, 20], 10, 10, 20) == (1, 1)  # up to the begin of the next is not in it
    assert places([0, 10, 20], 10, 9, 21) == (0, 2)
    assert places([10, 20], 10, 0, 11) == (0, 0)


def test_what_touches_none_stands_between() -> None:
    assert places([0, 10, 40], 10, 25, 30) == (1.5, 1.5)  # a holiday without a call has no column
    assert places([0, 10], 10, 90, 91) == (1.5, 1.5)
    assert places([10], 10, 0, 1) == (-0.5, -0.5)
