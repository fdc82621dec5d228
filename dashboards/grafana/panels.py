"""Functions that make panels; what every panel must have is an argument without a default."""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import bargauge, common, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import (
    DashboardFieldConfigSourceOverrides,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColor,
    FieldColorModeId,
    FieldConfig,
    FieldConfigSource,
    GridPos,
    MatcherConfig,
    Panel,
    ThresholdsConfig,
    ValueMapping,
)
from msgspec import Struct

from dashboards.grafana import look
from dashboards.grafana.sources import CLICKHOUSE, PROMETHEUS, ClickHouseQuery, now

GRID_COLUMNS = 24
LAST = "lastNotNull"
Override = DashboardFieldConfigSourceOverrides


class About(Struct, frozen=True):
    """Title, meaning and grid position (x, y, width, height on Grafana's 24 columns) of a panel.

    `see` is the page and heading under `docs` that define what it shows.
    """

    title: str
    meaning: str
    grid: tuple[int, int, int, int]
    see: str

    @property
    def description(self) -> str:
        return f"{self.meaning} Definition: docs/{self.see}"


def tile(
    about: About,
    query: Dataquery,
    unit: str,
    colours: ThresholdsConfig,
    *,
    silence: str = look.NO_DATA,
    names: bool = False,
) -> Panel:
    """One big number on a solid colour; without data, the word `silence` on its own colour.

    With `names`, the name of each column stands above its number.
    """
    colour = look.ACT if silence == look.NO_DATA else look.CALM
    defaults = FieldConfig(
        unit=unit,
        decimals=look.DECIMALS.get(unit),
        thresholds=colours,
        mappings=look.silence_shows(silence, colour),
        no_value=silence,
        color=FieldColor(mode=FieldColorModeId.THRESHOLDS),
    )
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.BACKGROUND_SOLID,
        justify_mode=common.BigValueJustifyMode.CENTER,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME
        if names
        else common.BigValueTextMode.VALUE,
        reduce_options=common.ReduceDataOptions(calcs=[LAST]),
    )
    return _panel("stat", about, [query], options, defaults)


class Tile(Struct, frozen=True):
    """One big number from Prometheus; `silence` stands where there is no value."""

    title: str
    meaning: str
    see: str
    expr: str
    unit: str
    colours: ThresholdsConfig
    silence: str = look.NO_DATA


def line_of_tiles(y: int, height: int, tiles: Sequence[Tile]) -> list[Panel]:
    """Tiles of one width side by side, over the whole width of the board."""
    width = GRID_COLUMNS // len(tiles)
    return [
        tile(
            About(each.title, each.meaning, (number * width, y, width, height), each.see),
            now("A", each.expr),
            each.unit,
            each.colours,
            silence=each.silence,
        )
        for number, each in enumerate(tiles)
    ]


def bars(about: About, query: Dataquery, unit: str, colours: ThresholdsConfig) -> Panel:
    """One horizontal bar for each series."""
    defaults = FieldConfig(
        unit=unit,
        decimals=0,
        min_val=0,
        thresholds=colours,
        no_value=look.NO_DATA,
        color=FieldColor(mode=FieldColorModeId.THRESHOLDS),
    )
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        orientation=common.VizOrientation.HORIZONTAL,
        show_unfilled=False,
        reduce_options=common.ReduceDataOptions(calcs=[LAST]),
    )
    return _panel("bargauge", about, [query], options, defaults)


def rows(
    about: About,
    queries: Sequence[Dataquery],
    columns: Sequence[Override],
    *,
    transformations: Sequence[DataTransformerConfig] = (),
    sort: Sequence[str] = (),
    no_value: str = look.NO_VALUE,
) -> Panel:
    """A table, sorted in descending order by the columns in `sort`."""
    defaults = FieldConfig(
        no_value=no_value,
        thresholds=look.steps(look.QUIET),
        color=FieldColor(mode=FieldColorModeId.THRESHOLDS),
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False},
    )
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.MD,
        sort_by=[common.TableSortByFieldState(display_name=name, desc=True) for name in sort],
    )
    options.footer = None  # the SDK's default, which Grafana 13 does not know any more
    panel = _panel("table", about, queries, options, defaults, overrides=columns)
    panel.transformations = list(transformations) or None
    return panel


def lines(
    about: About,
    queries: Sequence[Dataquery],
    unit: str,
    *,
    overrides: Sequence[Override] = (),
    bars_instead: bool = False,
    most: float | None = None,
) -> Panel:
    """A chart over time; missing values leave a gap."""
    custom = {
        "drawStyle": "bars" if bars_instead else "line",
        "lineWidth": 2,
        "fillOpacity": 60 if bars_instead else 0,
        "showPoints": "auto",
        "spanNulls": False,
        "stacking": {"mode": "none", "group": "A"},
    }
    defaults = FieldConfig(
        unit=unit,
        min_val=0,
        max_val=most,
        no_value=look.NO_DATA,
        color=FieldColor(mode=FieldColorModeId.PALETTE_CLASSIC_BY_NAME),
        custom=custom,
    )
    options = timeseries.Options(
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
        ),
        tooltip=common.VizTooltipOptions(
            mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING
        ),
    )
    return _panel("timeseries", about, queries, options, defaults, overrides=overrides)


def column(
    name: str,
    unit: str,
    *,
    colours: ThresholdsConfig | None = None,
    mappings: Sequence[ValueMapping] = (),
    width: int | None = None,
    colour: str = "",
    depth: FieldColorModeId | None = None,
) -> Override:
    """The look of one column; `colours` are for the background of a cell, `colour` for a line of a chart. With `depth` a cell is the
    deeper in that colour the more it has, from 0 to the most of the whole table.
    """
    properties = [DynamicConfigValue(id_val="unit", value=unit)]
    if unit in look.DECIMALS:
        properties.append(DynamicConfigValue(id_val="decimals", value=look.DECIMALS[unit]))
    if colours is not None or mappings or depth is not None:
        cell = {"type": "color-background", "mode": "basic"}
        properties.append(DynamicConfigValue(id_val="custom.cellOptions", value=cell))
    if colours is not None:
        properties.append(DynamicConfigValue(id_val="thresholds", value=colours))
    if mappings:
        properties.append(DynamicConfigValue(id_val="mappings", value=list(mappings)))
    if width is not None:
        properties.append(DynamicConfigValue(id_val="custom.width", value=width))
    if depth is not None:
        properties.append(DynamicConfigValue(id_val="color", value=FieldColor(mode=depth)))
        properties.append(DynamicConfigValue(id_val="min", value=0))
    if colour:
        fixed = FieldColor(mode=FieldColorModeId.FIXED, fixed_color=colour)
        properties.append(DynamicConfigValue(id_val="color", value=fixed))
    return Override(matcher=MatcherConfig(id_val="byName", options=name), properties=properties)


def joined(
    names: dict[str, str], hidden: Sequence[str], by: str = "queue"
) -> list[DataTransformerConfig]:
    """Several instant queries as one table with a row for each value of label `by`; `names` gives its columns in
    their order.
    """
    return [
        DataTransformerConfig(
            id_val="filterFieldsByName", options={"exclude": {"pattern": "^Time$"}}
        ),
        DataTransformerConfig(id_val="joinByField", options={"byField": by, "mode": "outer"}),
        _organized(names, hidden),
    ]


def listed(names: dict[str, str], hidden: Sequence[str]) -> list[DataTransformerConfig]:
    """One instant query as a table with a row for each series; `names` gives its columns in their order."""
    return [_organized(names, ["Time", *hidden])]


def _organized(names: dict[str, str], hidden: Sequence[str]) -> DataTransformerConfig:
    return DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": dict.fromkeys(hidden, True),
            "indexByName": {column: index for index, column in enumerate(names)},
            "renameByName": {column: name for column, name in names.items() if name},
        },
    )


def _panel(
    kind: str,
    about: About,
    queries: Sequence[Dataquery],
    options: Any,
    defaults: FieldConfig,
    *,
    overrides: Sequence[Override] = (),
) -> Panel:
    x, y, width, height = about.grid
    return Panel(
        type_val=kind,
        title=about.title,
        description=about.description,
        targets=list(queries),
        datasource=CLICKHOUSE if isinstance(queries[0], ClickHouseQuery) else PROMETHEUS,
        grid_pos=GridPos(h=height, w=width, x=x, y=y),
        options=options,
        field_config=FieldConfigSource(defaults=defaults, overrides=list(overrides)),
    )
