"""The Executive board: trends, from ClickHouse only; figures of the past do not change later."""

from grafana_foundation_sdk.models.dashboard import (
    AnnotationContainer,
    Dashboard,
    DashboardDashboardTemplating,
    DashboardDashboardTime,
    Panel,
    TimePickerConfig,
    VariableModel,
    VariableRefresh,
    VariableType,
)

from dashboards.grafana import executive_sql as ask
from dashboards.grafana import look, panels
from dashboards.grafana.panels import About, column
from dashboards.grafana.sources import CLICKHOUSE, ClickHouseQuery
from schemas.goal import ENOUGH_CALLS

UID = "queuewatch-executive"
_CALLS = "Calls of opening hours, by local day or half hour of their arrival."
_SL = "Service level by each call's own formula and target: calls in target over calls due."
_TO_GOAL = look.steps(look.ACT, (-0.1, look.WATCH), (0, look.GOOD))


def executive() -> Dashboard:
    return Dashboard(
        uid=UID,
        title="queuewatch: Executive",
        description=(
            "Service over days and months, from closed calls. Half hours that met the goal stand"
            " beside the service level because a good average hides bad half hours. Times are local"
            " to the queues of the chosen time zone."
        ),
        tags=["queuewatch", "executive"],
        editable=False,
        refresh="5m",
        time=DashboardDashboardTime(from_val="now-28d", to="now"),
        timepicker=TimePickerConfig(hidden=False),
        templating=DashboardDashboardTemplating(list_val=[_zone()]),
        annotations=AnnotationContainer(list_val=[]),
        panels=[
            *_headline(),
            _months(),
            _half_hours(),
            _daily_service_level(),
            _daily_volumes(),
            _daily_p90(),
            _worst(),
            *_week(),
        ],
    )


def _zone() -> VariableModel:
    return VariableModel(
        type_val=VariableType.QUERY,
        name="zone",
        label="Queues of time zone",
        description="Days and half hours are cut in this zone, for the queues that live in it.",
        datasource=CLICKHOUSE,
        query=ask.ZONES,
        definition=ask.ZONES,
        refresh=VariableRefresh.ON_DASHBOARD_LOAD,
    )


def _headline() -> list[Panel]:
    return [
        panels.tile(
            About("Service level", f"{_SL} Over all queues. – without calls.", (0, 0, 4, 4)),
            ClickHouseQuery("A", ask.SERVICE_LEVEL),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        panels.tile(
            About(
                "Half hours that met the goal",
                "Share of the queues' half hours with calls due whose service level reached the"
                " goal.",
                (4, 0, 4, 4),
            ),
            ClickHouseQuery("A", ask.HALF_HOURS_MET),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        panels.tile(
            About("Volumes", f"Offered, answered and abandoned. {_CALLS}", (8, 0, 6, 4)),
            ClickHouseQuery("A", ask.VOLUMES),
            look.COUNT,
            look.steps(look.CALM),
            names=True,
        ),
        panels.tile(
            About(
                "P90 wait",
                "Nine of ten answered callers waited no longer (nearest rank, zero waits included,"
                " call backs left out).",
                (14, 0, 4, 4),
            ),
            ClickHouseQuery("A", ask.P90_WAIT),
            look.SECONDS,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        *_completeness(),
    ]


def _completeness() -> list[Panel]:
    return [
        panels.tile(
            About(
                "Newest call",
                "Arrival of the newest call in the archive, in any time zone: is the data complete?",
                (18, 0, 3, 4),
            ),
            ClickHouseQuery("A", ask.NEWEST_CALL),
            look.MOMENT,
            look.steps(look.CALM),
        ),
        panels.tile(
            About(
                "Calls not configured",
                "Calls of queues without targets: they have no service level and are in no other"
                " figure of this board. Name the queues in queues.toml.",
                (21, 0, 3, 4),
            ),
            ClickHouseQuery("A", ask.NOT_CONFIGURED),
            look.COUNT,
            look.steps(look.GOOD, (1, look.WATCH)),
        ),
    ]


def _months() -> Panel:
    return panels.rows(
        About("Service level by month and queue", f"{_SL} n is the calls due.", (0, 4, 14, 9)),
        [ClickHouseQuery("A", ask.MONTHS)],
        [
            *(column(name, look.COUNT) for name in ("Offered", "Answered", "Abandoned", "n")),
            *(column(name, look.SHARE) for name in ("SL", "Goal")),
            column("To goal", look.SHARE, colours=_TO_GOAL, mappings=look.few_calls()),
        ],
        no_value=look.NO_VALUE,
    )


def _half_hours() -> Panel:
    return panels.rows(
        About(
            "Half hours that met the goal, by queue",
            "Worst first: of the half hours with calls due, those whose service level reached the"
            " goal.",
            (14, 4, 10, 9),
        ),
        [ClickHouseQuery("A", ask.QUEUES_HALF_HOURS)],
        [
            *(column(name, look.COUNT) for name in ("Half hours", "Met the goal")),
            *(column(name, look.SHARE) for name in ("Share", "SL", "Goal")),
        ],
    )


def _daily_service_level() -> Panel:
    return panels.lines(
        About("Service level by day", f"{_SL} One line a queue.", (0, 13, 12, 9)),
        ClickHouseQuery("A", ask.DAILY_SERVICE_LEVEL, time_series=True),
        look.SHARE,
        most=1,
    )


def _daily_volumes() -> Panel:
    return panels.lines(
        About("Calls by day", f"Offered, answered, abandoned. {_CALLS}", (12, 13, 12, 9)),
        ClickHouseQuery("A", ask.DAILY_VOLUMES, time_series=True),
        look.COUNT,
        overrides=[
            column("Offered", look.COUNT, colour=look.QUIET),
            column("Answered", look.COUNT, colour=look.CALM),
            column("Abandoned", look.COUNT, colour=look.ACT),
        ],
        bars_instead=True,
    )


def _daily_p90() -> Panel:
    return panels.lines(
        About(
            "P90 wait by day",
            "Nine of ten answered callers of the day waited no longer (nearest rank, call backs"
            " left out).",
            (0, 22, 10, 9),
        ),
        ClickHouseQuery("A", ask.DAILY_P90_WAIT, time_series=True),
        look.SECONDS,
    )


def _worst() -> Panel:
    return panels.rows(
        About(
            "Worst half hours",
            "The half hours below goal in which most calls missed it. Missed: calls due less calls"
            " in target. Longest wait: of all that left the queue, ghosts left out, where it is known."
            " Start is local time.",
            (10, 22, 14, 9),
        ),
        [ClickHouseQuery("A", ask.WORST_HALF_HOURS)],
        [
            *(column(name, look.COUNT) for name in ("Missed", "n", "Abandoned")),
            *(column(name, look.SHARE) for name in ("SL", "Goal")),
            column("Longest wait", look.SECONDS),
        ],
    )


def _week() -> list[Panel]:
    red_to_green = look.steps(look.ACT, (0.6, look.WATCH), (0.8, look.GOOD))
    return [
        panels.rows(
            About(
                "Service level by weekday and half hour",
                f"{_SL} Green from 80 %, yellow from 60 %, whatever the goals of the queues. – with"
                f" fewer than {ENOUGH_CALLS} calls due.",
                (0, 31, 12, 20),
            ),
            [ClickHouseQuery("A", ask.WEEK_SERVICE_LEVEL)],
            [column(day, look.SHARE, colours=red_to_green) for day in ask.WEEKDAYS],
        ),
        panels.rows(
            About(
                "Calls offered by weekday and half hour",
                f"All of the chosen time added up. {_CALLS}",
                (12, 31, 12, 20),
            ),
            [ClickHouseQuery("A", ask.WEEK_OFFERED)],
            [column(day, look.COUNT) for day in ask.WEEKDAYS],
        ),
    ]
