"""What every chart keeps: no style, no script, whole XML, words that stay words, a side where reading begins."""

import itertools

import pytest

from streams.charts.bars import Bar, bars
from streams.charts.frame import NARROW, PAINT, WIDE, Frame, cut, isolated, width_of, words
from streams.charts.heatmap import Cell, Heat, heatmap
from streams.charts.html import Html, as_text
from streams.charts.lines import Axis, Line, lines
from streams.charts.scale import QUARTERS
from streams.charts.waterfall import Step, waterfall
from tests.support.drawn import drawn, texts

HOSTILE = "<script>alert('1')</script> & \"x\""
ARABIC = "مركز خدمات المياه"


def every_kind(frame: Frame, name: str) -> list[Html]:
    return [
        bars(frame, [Bar(name, 0.5, name, 0.8, is_bad=True), Bar(name, None, name)], 1.0, name),
        lines(frame, [Line(name, [0.1, None, 0.3])], Axis([name] * 3, 1.0, QUARTERS), (0.8, name)),
        waterfall(frame, [Step(name, 10, name, is_total=True), Step(name, 4, name)]),
        heatmap(frame, Heat([name], [name], [[Cell(name, 4, is_bad=True, tip=name)]], [name] * 5, name)),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", [HOSTILE, ARABIC, "a" * 90, "", Html("Rates &amp; <b>Taxes</b>")])
@pytest.mark.parametrize("is_right_to_left", [False, True])
def test_whatever_the_words_are_it_is_one_picture_without_style_or_script(
    width: float, name: str, *, is_right_to_left: bool
) -> None:
    for chart in every_kind(Frame(name, width, is_right_to_left=is_right_to_left), name):
        root = drawn(chart)
        assert root.get("aria-label") == as_text(name)
        assert root.get("direction") == "ltr"  # whatever the page around it is
        assert root.get("viewBox", "").startswith(f"0 0 {width:g} ")
        for each in root.iter():
            assert "style" not in each.attrib
            assert each.tag.rpartition("}")[2] in {
                "svg", "g", "text", "title", "rect", "path", "circle",
            }  # fmt: skip


def test_markup_of_ours_is_drawn_as_the_words_that_are_read_of_it() -> None:
    chart = bars(Frame("t"), [Bar(Html("Rates &amp; <b>Taxes</b>"), 1, Html("100&nbsp;%"))], 1)
    assert texts(chart) == ["Rates & Taxes", "100\N{NO-BREAK SPACE}%"]


def test_the_side_where_reading_begins_is_the_same_for_all() -> None:
    left, right = Frame("t", 100), Frame("t", 100, is_right_to_left=True)
    assert (left.x(10, 30), right.x(10, 30)) == (10, 60)
    assert 'text-anchor="start"' in words(left, "a", 0, 0)
    assert 'x="100"' in words(right, "a", 0, 0)
    assert 'text-anchor="end"' in words(right, "a", 0, 0)
    assert 'text-anchor="middle"' in words(right, "a", 0, 0, anchor="middle")


def test_words_that_are_too_long_are_cut_and_whole_in_their_tooltip() -> None:
    assert cut("Switchboard", 1000) == "Switchboard"
    assert cut("Switchboard", 30) == "Swi…"
    assert cut("Switchboard", 0) == "S…"
    room = 12 * width_of("n")
    assert cut("Water and sanitation", room) == "Water and…"  # not "Water and s…"
    assert cut("Water and sanitation", 10 * width_of("n")) == "Water and…"
    assert cut("A switchboard of all", room) == "A switchboa…"
    assert "<title>Switchboard</title>" in words(Frame("t"), "Switchboard", 0, 0, room=30)
    assert "<title>" not in words(Frame("t"), "Switchboard", 0, 0, room=300)


def test_words_from_right_to_left_keep_their_order_in_any_picture() -> None:
    assert isolated("80 %") == "80 %"
    assert isolated(ARABIC) == f"\N{FIRST STRONG ISOLATE}{ARABIC}\N{POP DIRECTIONAL ISOLATE}"


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_on_paper_every_text_can_be_read() -> None:
    for name in ("c-text", "c-muted"):
        assert _contrast(str(PAINT[name]["fill"]), "#ffffff") >= 4.5
    assert _contrast(str(PAINT["c-muted"]["fill"]), str(PAINT["c-none"]["fill"])) >= 4.5
    for step in range(5):
        assert _contrast(str(PAINT[f"c-on-{step}"]["fill"]), str(PAINT[f"c-step-{step}"]["fill"])) >= 4.5  # fmt: skip


def test_the_steps_of_a_heatmap_go_from_light_to_dark_without_colours_too() -> None:
    steps = [_luminance(str(PAINT[f"c-step-{step}"]["fill"])) for step in range(5)]
    assert steps == sorted(steps, reverse=True)
    assert all(light - dark > 0.02 for light, dark in itertools.pairwise(steps))
