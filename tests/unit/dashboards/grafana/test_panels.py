"""What every panel of ours has."""

from grafana_foundation_sdk.models.dashboard import FieldColor, FieldColorModeId

from dashboards.grafana import look, panels
from dashboards.grafana.panels import About
from dashboards.grafana.sources import now

ABOUT = About("Waiting", "Callers who wait now.", (1, 2, 3, 4), "definitions.md#now")


def test_a_tile_without_data_is_a_word_in_a_colour_that_is_not_good() -> None:
    steps = look.steps(look.GOOD, (1, look.ACT))
    alarming = panels.tile(ABOUT, now("A", "up"), look.COUNT, steps)
    calm = panels.tile(ABOUT, now("A", "up"), look.COUNT, steps, silence=look.NO_VALUE)
    for panel, text, colour in ((alarming, "NO DATA", look.ACT), (calm, "–", look.CALM)):
        assert panel.field_config
        defaults = panel.field_config.defaults
        assert defaults.no_value == text
        assert defaults.mappings
        result = defaults.mappings[0].options.result  # type: ignore[union-attr]
        assert (result.text, result.color) == (text, colour)


def test_a_panel_says_what_it_shows_and_stands_where_it_was_put() -> None:
    panel = panels.bars(ABOUT, now("A", "up"), look.COUNT, look.steps(look.CALM))
    at = panel.grid_pos
    assert at
    assert (panel.title, panel.description) == (
        ABOUT.title,
        "Callers who wait now. Definition: docs/definitions.md#now",
    )
    assert (at.x, at.y, at.w, at.h) == ABOUT.grid


def test_a_share_just_below_its_goal_does_not_look_like_one_that_is_kept() -> None:
    panel = panels.tile(ABOUT, now("A", "up"), look.SHARE, look.steps(look.CALM))
    assert panel.field_config
    assert panel.field_config.defaults.decimals == 1
    shown = {each.id_val: each.value for each in panels.column("SL", look.SHARE).properties}
    assert shown["decimals"] == 1


def test_tiles_of_one_line_fill_it() -> None:
    tiles = [
        panels.Tile(str(n), "x", "definitions.md#now", "up", look.COUNT, look.steps(look.CALM))
        for n in range(6)
    ]
    grids = [panel.grid_pos for panel in panels.line_of_tiles(4, 3, tiles)]
    assert [(each.x, each.y, each.w, each.h) for each in grids if each] == [
        (n * 4, 4, 4, 3) for n in range(6)
    ]


def test_a_cell_is_the_deeper_the_more_it_has_and_none_is_deep_by_itself() -> None:
    told = panels.column("Mon", look.COUNT, depth=FieldColorModeId.CONTINUOUS_BLUES).properties
    shown = {each.id_val: each.value for each in told}
    colour = shown["color"]
    assert isinstance(colour, FieldColor)
    assert colour.mode == FieldColorModeId.CONTINUOUS_BLUES
    assert shown["custom.cellOptions"] == {"type": "color-background", "mode": "basic"}
    assert shown["min"] == 0  # else the least of a quiet week would be white, the next one full
    assert "max" not in shown  # of all columns together
