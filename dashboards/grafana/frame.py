"""What every board of ours has around its panels, and what boards for one purpose have in common.

A board that may be shown on a wall has no variables and nothing to click: Grafana shares no board that has
variables, and kiosk mode hides neither them nor the time picker.
"""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import (
    AnnotationContainer,
    Dashboard,
    DashboardDashboardTemplating,
    DashboardDashboardTime,
    DashboardLink,
    DashboardLinkType,
    Panel,
    TimePickerConfig,
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
    VariableType,
)

TAG = "queuewatch"
SHARED = "wall"  # the tag of boards that may be shared
PROMETHEUS_REFRESH, CLICKHOUSE_REFRESH = "5s", "5m"


def shared(name: str, description: str, since: str, panels: Sequence[Panel]) -> Dashboard:
    """A board for a screen that nobody touches."""
    return _board(name, description, since, PROMETHEUS_REFRESH, panels, (), is_shared=True)


def desk(
    name: str,
    description: str,
    since: str,
    refresh: str,
    panels: Sequence[Panel],
    variables: Sequence[VariableModel] = (),
) -> Dashboard:
    """A board that somebody works with: time picker, variables, and the way to our other boards."""
    return _board(name, description, since, refresh, panels, variables, is_shared=False)


def variable(
    name: str, label: str, description: str, query: str, source: DataSourceRef, **more: Any
) -> VariableModel:
    """A choice among what a query answers; `more` are fields of Grafana's own model."""
    only_of_intervals = {"auto": None, "auto_min": None, "auto_count": None}
    return VariableModel(
        type_val=VariableType.QUERY,
        name=name,
        label=label,
        description=description,
        datasource=source,
        query=query,
        **only_of_intervals,
        **more,
    )


def any_of_them() -> dict[str, Any]:
    """Several may be chosen; all of them are at first."""
    return {
        "multi": True,
        "include_all": True,
        "sort": VariableSort.ALPHABETICAL_ASC,
        "refresh": VariableRefresh.ON_TIME_RANGE_CHANGED,
        "current": VariableOption(selected=True, text=["All"], value=["$__all"]),
    }


def _board(
    name: str,
    description: str,
    since: str,
    refresh: str,
    panels: Sequence[Panel],
    variables: Sequence[VariableModel],
    *,
    is_shared: bool,
) -> Dashboard:
    return Dashboard(
        uid=f"queuewatch-{name.lower().replace(' ', '-')}",
        title=f"queuewatch: {name}",
        description=description,
        tags=[TAG, SHARED if is_shared else name.lower().replace(" ", "-")],
        editable=False,
        refresh=refresh,
        time=DashboardDashboardTime(from_val=f"now-{since}", to="now"),
        timepicker=TimePickerConfig(hidden=is_shared),
        templating=DashboardDashboardTemplating(list_val=list(variables)),
        annotations=AnnotationContainer(list_val=[]),
        links=None if is_shared else [_other_boards()],
        panels=list(panels),
    )


def _other_boards() -> DashboardLink:
    return DashboardLink(
        title="queuewatch boards",
        type_val=DashboardLinkType.DASHBOARDS,
        tags=[TAG],
        as_dropdown=True,
        keep_time=True,
    )
