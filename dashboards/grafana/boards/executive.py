"""The Executive board: trends, from ClickHouse only; figures of the past do not change later."""

from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    FieldColorModeId,
    Panel,
    VariableModel,
    VariableRefresh,
)

from dashboards.grafana import executive_sql as ask
from dashboards.grafana import frame, leg_sql, look, panels
from dashboards.grafana.panels import About, column
from dashboards.grafana.queue_tables import TO_GOAL
from dashboards.grafana.sources import CLICKHOUSE, ClickHouseQuery
from schemas.formulas import formula
from schemas.goal import ELIGIBLE_CALLS, ENOUGH_CALLS

_CALLS = "Calls of opening hours, by local day or half hour of their arrival."
_NOT_KNOWN = "– where the archive knows nothing of that time."
_SL = "Service level by each call's own formula and target: calls in target over calls due."
_SERVED = "Calls that were served as their own queue promised, over all calls due."
_LEVEL, _WAIT, _COUNTED = (
    f"definitions.md#{heading}"
    for heading in ("service-level", "abandonment-and-waits", "the-counters")
)


def board() -> Dashboard:
    return frame.desk(
        "Executive",
        "Service over days and months, from closed calls. Half hours that met the goal stand"
        " beside the service level because a good average hides bad half hours. Times are local"
        " to the queues of the chosen time zone.",
        "28d",
        frame.CLICKHOUSE_REFRESH,
        [
            *_headline(),
            *_trends(),
            _months(),
            _half_hours(),
            _centres(),
            _waits(),
            _lost(),
            _daily_service_level(),
            _daily_volumes(),
            *_year_before(),
            _daily_p90(),
            _worst(),
            *_week(),
        ],
        [_zone()],
    )


def _zone() -> VariableModel:
    return frame.variable(
        "zone",
        "Queues of time zone",
        "Days and half hours are cut in this zone, for the queues that live in it.",
        leg_sql.ZONES,
        CLICKHOUSE,
        refresh=VariableRefresh.ON_DASHBOARD_LOAD,
    )


def _headline() -> list[Panel]:
    return [
        panels.tile(
            About(look.SERVED_AS_PROMISED, f"{_SERVED} – without calls.", (0, 0, 4, 4), _LEVEL),
            ClickHouseQuery("A", ask.SERVICE_LEVEL),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        panels.tile(
            About(
                "Half hours that met the goal",
                f"Share of the queues' half hours with {ELIGIBLE_CALLS} calls due or more whose service level"
                " reached the goal.",
                (4, 0, 4, 4),
                _LEVEL,
            ),
            ClickHouseQuery("A", ask.HALF_HOURS_MET),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        panels.tile(
            About(
                "Volumes",
                f"Offered, answered, abandoned and rejected. {_CALLS} {_NOT_KNOWN}",
                (8, 0, 6, 4),
                _COUNTED,
            ),
            ClickHouseQuery("A", ask.VOLUMES),
            look.COUNT,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
            names=True,
        ),
        panels.tile(
            About(
                "P90 wait",
                "Nine of ten answered callers waited no longer (nearest rank, zero waits included,"
                " call backs left out).",
                (14, 0, 4, 4),
                _WAIT,
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
                "definitions.md#reports-of-history",
            ),
            ClickHouseQuery("A", ask.NEWEST_CALL),
            look.MOMENT,
            look.steps(look.CALM),
        ),
        panels.tile(
            About(
                "Calls not configured",
                "Calls of queues without targets: they have no service level and are in no other"
                f" figure of this board. Name the queues in queues.toml. {_NOT_KNOWN}",
                (21, 0, 3, 4),
                "definitions.md#no-value",
            ),
            ClickHouseQuery("A", ask.NOT_CONFIGURED),
            look.COUNT,
            look.steps(look.GOOD, (1, look.WATCH)),
            silence=look.NO_VALUE,
        ),
    ]


def _trends() -> list[Panel]:
    return [
        panels.lines(
            About(
                f"By {period}",
                f"{_SERVED} Beside it the share of the queues' half hours with {ELIGIBLE_CALLS} calls due or more whose"
                f" service level reached the goal. The first and the last {period} hold what of them the chosen time has.",
                (x, 4, 12, 8),
                _LEVEL,
            ),
            [ClickHouseQuery("A", query, time_series=True)],
            look.SHARE,
            most=1,
        )
        for x, period, query in ((0, "week", ask.WEEKS), (12, "month", ask.MONTHS))
    ]


def _centres() -> Panel:
    ab2, ab7 = formula("abandonment_ab2").title, formula("unanswered_ab7").title
    return panels.rows(
        About(
            "Centres",
            f"Worst first. Served: {_SERVED[0].lower()}{_SERVED[1:]} n is the calls due; a share of few calls says"
            f" little. Half hours met: of its queues' half hours. Gave up: {ab2}. Unanswered: {ab7}.",
            (0, 21, 13, 9),
            _LEVEL,
        ),
        [ClickHouseQuery("A", ask.CENTRES)],
        [
            *(column(name, look.COUNT) for name in ("Offered", "n")),
            *(
                column(name, look.SHARE)
                for name in ("Served", "Half hours met", "Gave up", "Unanswered")
            ),
        ],
    )


def _waits() -> Panel:
    return panels.rows(
        About(
            "Waits of the answered, by queue",
            "Half, nine of ten and 95 of 100 answered callers waited no longer (nearest rank, zero waits"
            " included, call backs left out); their mean, and the longest.",
            (13, 21, 11, 9),
            _WAIT,
        ),
        [ClickHouseQuery("A", ask.WAITS)],
        [
            column("n", look.COUNT),
            *(column(name, look.SECONDS) for name in ("Mean", "P50", "P90", "P95", "Longest")),
        ],
    )


def _lost() -> Panel:
    return panels.rows(
        About(
            "Abandoned, rejected and unanswered, by queue",
            f"Abandoned of all: {formula('abandonment_ab1').title}. Without short ones:"
            f" {formula('abandonment_ab2').title}. Rejected: refused before they were in line. Not answered: all"
            f" that left otherwise or were refused; unanswered: {formula('unanswered_ab7').title}.",
            (0, 30, 24, 8),
            _WAIT,
        ),
        [ClickHouseQuery("A", ask.LOST)],
        [
            *(
                column(name, look.COUNT)
                for name in ("Offered", "Abandoned", "Of them short", "Rejected", "Not answered")
            ),
            *(
                column(name, look.SHARE)
                for name in ("Abandoned of all", "Without short ones", "Unanswered")
            ),
        ],
    )


def _year_before() -> list[Panel]:
    return [
        panels.lines(
            About(
                f"{title} and a year before",
                f"By day, beside the same weekday {leg_sql.YEAR_DAYS} days earlier, up to the same time of day."
                f" {meaning}",
                (x, 47, 12, 9),
                see,
            ),
            [
                ClickHouseQuery(ref, query, time_series=True)
                for ref, query in zip("AB", queries, strict=True)
            ],
            unit,
        )
        for x, title, meaning, see, unit, queries in (
            (
                0,
                "Calls",
                _CALLS,
                _COUNTED,
                look.COUNT,
                (ask.OFFERED_BY_DAY, ask.OFFERED_YEAR_BEFORE),
            ),
            (
                12,
                "Served",
                _SERVED,
                _LEVEL,
                look.SHARE,
                (ask.SERVED_BY_DAY, ask.SERVED_YEAR_BEFORE),
            ),
        )
    ]


def _months() -> Panel:
    return panels.rows(
        About(
            "Service level by month and queue", f"{_SL} n is the calls due.", (0, 12, 14, 9), _LEVEL
        ),
        [ClickHouseQuery("A", ask.MONTHS_BY_QUEUE)],
        [
            *(column(name, look.COUNT) for name in ("Offered", "Answered", "Abandoned", "n")),
            *(column(name, look.SHARE) for name in ("SL", "Goal")),
            column("To goal", look.SHARE, colours=TO_GOAL, mappings=look.few_calls()),
        ],
        no_value=look.NO_VALUE,
    )


def _half_hours() -> Panel:
    return panels.rows(
        About(
            "Half hours that met the goal, by queue",
            f"Worst first: of the half hours with {ELIGIBLE_CALLS} calls due or more, those whose service level"
            " reached the goal.",
            (14, 12, 10, 9),
            _LEVEL,
        ),
        [ClickHouseQuery("A", ask.QUEUES_HALF_HOURS)],
        [
            *(column(name, look.COUNT) for name in ("Half hours", "Met the goal")),
            *(column(name, look.SHARE) for name in ("Share", "SL", "Goal")),
        ],
    )


def _daily_service_level() -> Panel:
    return panels.lines(
        About("Service level by day", f"{_SL} One line a queue.", (0, 38, 12, 9), _LEVEL),
        [ClickHouseQuery("A", ask.DAILY_SERVICE_LEVEL, time_series=True)],
        look.SHARE,
        most=1,
    )


def _daily_volumes() -> Panel:
    return panels.lines(
        About("Calls by day", f"Offered, answered, abandoned. {_CALLS}", (12, 38, 12, 9), _COUNTED),
        [ClickHouseQuery("A", ask.DAILY_VOLUMES, time_series=True)],
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
            (0, 56, 10, 9),
            _WAIT,
        ),
        [ClickHouseQuery("A", ask.DAILY_P90_WAIT, time_series=True)],
        look.SECONDS,
    )


def _worst() -> Panel:
    return panels.rows(
        About(
            "Worst half hours",
            f"The half hours with {ELIGIBLE_CALLS} calls due or more below goal in which most calls missed it. Missed: calls"
            " due less calls in target. Longest wait: of all that left the queue, ghosts left out, where it is known."
            " Start is local time.",
            (10, 56, 14, 9),
            _LEVEL,
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
                (0, 65, 12, 20),
                _LEVEL,
            ),
            [ClickHouseQuery("A", ask.WEEK_SERVICE_LEVEL)],
            [column(day, look.SHARE, colours=red_to_green) for day in ask.WEEKDAYS],
        ),
        panels.rows(
            About(
                "Calls offered by weekday and half hour",
                f"All of the chosen time added up; the bluer, the more. {_CALLS}",
                (12, 65, 12, 20),
                _COUNTED,
            ),
            [ClickHouseQuery("A", ask.WEEK_OFFERED)],
            [
                column(day, look.COUNT, depth=FieldColorModeId.CONTINUOUS_BLUES)
                for day in ask.WEEKDAYS
            ],
        ),
    ]
