"""The two data sources, by the uids in deploy/grafana/provisioning, and the queries of panels to them."""

from typing import Any

from grafana_foundation_sdk.cog import variants
from grafana_foundation_sdk.models import prometheus
from grafana_foundation_sdk.models.common import DataSourceRef

PROMETHEUS_UID = "queuewatch-prometheus"
CLICKHOUSE_UID = "queuewatch-clickhouse"
PROMETHEUS = DataSourceRef(type_val="prometheus", uid=PROMETHEUS_UID)
CLICKHOUSE = DataSourceRef(type_val="grafana-clickhouse-datasource", uid=CLICKHOUSE_UID)

_FORMAT_TABLE = 1  # of the ClickHouse data source; 0 is a time series
_FORMAT_TIME_SERIES = 0
_PLUGIN_VERSION = "4.20.0"  # the plugin whose target format this is; docker-compose.yml installs it


class ClickHouseQuery(variants.Dataquery):
    """A target of the ClickHouse data source 4.x, which the SDK does not know."""

    def __init__(self, ref_id: str, sql: str, *, time_series: bool = False) -> None:
        self.ref_id = ref_id
        self.sql = sql
        self.time_series = time_series

    def to_json(self) -> dict[str, Any]:
        return {
            "refId": self.ref_id,
            "datasource": CLICKHOUSE,
            "pluginVersion": _PLUGIN_VERSION,
            "editorType": "sql",
            "rawSql": self.sql,
            "queryType": "timeseries" if self.time_series else "table",
            "format": _FORMAT_TIME_SERIES if self.time_series else _FORMAT_TABLE,
        }


def now(ref_id: str, expr: str, legend: str = "") -> prometheus.Dataquery:
    """The value at the end of the board's time range, one number for each series."""
    return prometheus.Dataquery(
        ref_id=ref_id,
        datasource=PROMETHEUS,
        editor_mode=prometheus.QueryEditorMode.CODE,
        expr=expr,
        instant=True,
        range_val=False,
        legend_format=legend or "__auto",
    )


def table(ref_id: str, expr: str) -> prometheus.Dataquery:
    """The same as a table: a column for each label, and one for the value."""
    query = now(ref_id, expr)
    query.format_val = prometheus.PromQueryFormat.TABLE
    return query


def over_time(ref_id: str, expr: str, legend: str) -> prometheus.Dataquery:
    """One line for each series over the board's time range."""
    query = now(ref_id, expr, legend)
    query.instant, query.range_val = False, True
    return query
