"""Small heatmaps: one scale, a mark for what is below the goal, every month in its place."""

import re

from streams.charts.frame import NARROW, WIDE, Frame
from streams.charts.heatmap import Cell, Heat
from streams.charts.multiples import Panel, multiples

CLOCKS = ("08:00", "08:30", "09:00")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OF = Heat(CLOCKS, DAYS, (), ("good", "", "", "", "bad"), "below the goal")


def panel(title: str, cell: Cell) -> Panel:
    return Panel(title, "1 / 2", [[cell for _ in DAYS] for _ in CLOCKS])


def drawn(frame: Frame, *panels: Panel) -> str:
    return multiples(frame, panels, OF)


def moves(svg: str, name: str) -> list[tuple[float, float]]:
    """Where each cell or mark of that class begins; the key has rectangles and no path of it."""
    found = re.findall(rf'<path class="{name}"[^>]* d="([^"]*)"', svg)
    return [(float(x), float(y)) for path in found for x, y in re.findall(r"M([\d.]+) ([\d.]+)", path)]  # fmt: skip


def test_each_cell_has_its_step_and_what_is_below_the_goal_a_mark() -> None:
    svg = drawn(Frame("t"), panel("a", Cell("50", 4, is_bad=True)), panel("b", Cell("95", 0)))
    assert len(moves(svg, "c-step-4")) == len(moves(svg, "c-step-0")) == len(DAYS) * len(CLOCKS)
    assert len(moves(svg, "c-on-4")) == len(DAYS) * len(CLOCKS)
    assert moves(svg, "c-on-0") == []


def test_what_nobody_knows_is_not_drawn_and_few_calls_have_no_step() -> None:
    assert moves(drawn(Frame("t"), panel("a", Cell(""))), "c-none") == []
    assert len(moves(drawn(Frame("t"), panel("a", Cell("1/3"))), "c-none")) == len(DAYS) * len(CLOCKS)  # fmt: skip


def test_no_cell_covers_another_and_all_are_in_the_picture() -> None:
    for width in (WIDE, NARROW):
        for from_right in (False, True):
            frame = Frame("t", width, is_right_to_left=from_right)
            svg = drawn(frame, *(panel(f"m{at}", Cell("50", 3)) for at in range(12)))
            cells = moves(svg, "c-step-3")
            assert len(set(cells)) == 12 * len(DAYS) * len(CLOCKS)
            assert all(0 <= x < width for x, _ in cells)


def test_from_right_to_left_the_first_month_stands_on_the_right() -> None:
    def first(*, from_right: bool) -> bool:
        svg = drawn(Frame("t", is_right_to_left=from_right), panel("a", Cell("9", 4)), panel("b", Cell("95", 0)))  # fmt: skip
        return min(moves(svg, "c-step-4")) < min(moves(svg, "c-step-0"))

    assert first(from_right=False)
    assert not first(from_right=True)


def test_names_are_text_and_never_markup() -> None:
    svg = drawn(Frame("t"), panel("<b>", Cell("50", 4)))
    assert "<b>" not in svg
    assert "&lt;b&gt;" in svg
