"""The Supervisor board: the chosen queues now and over the last hours, for work at a desk. Prometheus only."""

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel, VariableModel

from dashboards.grafana import frame, look, panels, promql, queue_tables
from dashboards.grafana.panels import About, Tile, column
from dashboards.grafana.promql import chosen
from dashboards.grafana.sources import PROMETHEUS, over_time
from schemas.millis import format_duration
from schemas.timing import DEAD_MS

_W = promql.WALL_WINDOW
_NAME = "{{queue_name}}"
# Queues that nobody configured belong to no department: they can always be chosen.
_QUEUES = (
    'query_result(max by (queue, queue_name) (callcentre_target_info{department=~"$department"})'
    f" or on (queue) (max by (queue, queue_name) ({promql.NAMES})"
    " unless on (queue) callcentre_target_info))"
)
_TEXT_AND_VALUE = '/queue="(?<value>[^"]+)",queue_name="(?<text>[^"]+)"/'


def board() -> Dashboard:
    return frame.desk(
        "Supervisor",
        "The chosen queues: who waits, how the promise is kept by every formula, what agents do, and how"
        " the last hours went. With no department chosen, all.",
        "4h",
        frame.PROMETHEUS_REFRESH,
        [
            *panels.line_of_tiles(0, 4, _NOW),
            queue_tables.queues((0, 4, 24, 9), chosen),
            queue_tables.formulas((0, 13, 12, 9), _W, "Service level by formula, 30 min", chosen),
            queue_tables.formulas(
                (12, 13, 12, 9), "today", "Service level by formula, today", chosen
            ),
            _waits(),
            queue_tables.agents((12, 22, 12, 9), chosen),
            *_hours(),
        ],
        [_department(), _queue()],
    )


def _department() -> VariableModel:
    return frame.variable(
        "department",
        "Department",
        "Those of queues.toml.",
        "label_values(callcentre_target_info, department)",
        PROMETHEUS,
        all_value=".*",
        **frame.any_of_them(),
    )


def _queue() -> VariableModel:
    return frame.variable(
        "queue",
        "Queue",
        "Those of the chosen departments, and those that nobody configured.",
        _QUEUES,
        PROMETHEUS,
        regex=_TEXT_AND_VALUE,
        **frame.any_of_them(),
    )


_SERVED = (
    "Calls that were served as their own queue promised (its formula and target), over all calls that count for"
    " that. – where no call was resolved."
)
_NOW = (
    Tile(
        "Data age",
        "Time since the moment up to which the figures of every live queue among the chosen are known. Red from"
        f" {format_duration(DEAD_MS)} on: do not steer by this board.",
        "definitions.md#now", chosen(promql.DATA_AGE_S), look.SECONDS,
        look.steps(look.GOOD, (DEAD_MS / 2000, look.WATCH), (DEAD_MS / 1000, look.ACT)),
    ),
    Tile(
        "Alerts firing", "Alerts of the chosen queues that fire now. One across queues counts once.",
        "definitions.md#alerts", chosen(promql.ALERTS_OR_NONE), look.COUNT,
        look.steps(look.GOOD, (1, look.ACT)),
    ),
    Tile(
        "Waiting", "Callers who wait now.",
        "definitions.md#now", chosen(promql.ALL_WAITING), look.COUNT, look.steps(look.CALM),
    ),
    Tile(
        "Late now",
        "Callers who have waited longer than the target of their queue, call backs left out. – where no chosen queue"
        " has a target.",
        "definitions.md#now", chosen(f"sum({promql.WAITING_PAST_TARGET})"), look.COUNT,
        look.steps(look.CALM, (1, look.WATCH)), look.NO_VALUE,
    ),
    Tile(
        "Oldest wait", "How long the caller who waits longest has waited; 0 with nobody waiting.",
        "definitions.md#now", chosen(promql.LONGEST_WAIT_S), look.SECONDS, look.steps(look.CALM),
    ),
    *(
        Tile(
            f"{look.SERVED_AS_PROMISED}, {title}", _SERVED,
            "definitions.md#service-level", chosen(promql.service_level(window)), look.SHARE,
            look.steps(look.CALM), look.NO_VALUE,
        )
        for window, title in ((_W, "30 min"), ("today", "today"))
    ),
    Tile(
        "Abandoned, 30 min", f"{promql.ABANDONMENT.title}, last 30 minutes. – without calls.",
        "definitions.md#abandonment-and-waits", chosen(promql.ratio(promql.ABANDONMENT, _W)), look.SHARE,
        look.steps(look.CALM), look.NO_VALUE,
    ),
)  # fmt: skip


_WAITS: dict[str, tuple[str, str]] = {
    "A": ("", promql.NAMES),
    "B": ("Waiting", promql.WAITING),
    "C": ("Late now", promql.WAITING_PAST_TARGET),
    "D": ("Perhaps gone", promql.DOUBTFUL),
    "E": ("Oldest wait", promql.OLDEST_WAIT_S),
    "F": ("Talking", promql.IN_SERVICE),
    "G": ("Live SL 30 min", promql.live_service_level_by_queue(_W)),
    "H": ("Offered today", promql.count("offered", "today")),
    "I": ("Abandoned today", promql.count("abandoned", "today")),
}


def _waits() -> Panel:
    counts = [
        name for name, _ in _WAITS.values() if name not in {"", "Oldest wait", "Live SL 30 min"}
    ]
    return queue_tables.of_each(
        About(
            "Callers now",
            "Late now: longer than the target. Perhaps gone: five who came later were answered first."
            " Live SL: the closed service level with a miss for each caller who is late now.",
            (0, 22, 12, 9),
            "definitions.md#now",
        ),
        _WAITS,
        [
            *(column(name, look.COUNT) for name in counts),
            column("Oldest wait", look.SECONDS),
            column("Live SL 30 min", look.SHARE),
        ],
        chosen,
        hidden=["centre"],
        sort=["Late now", "Oldest wait"],
    )


def _hours() -> list[Panel]:
    def line(title: str, meaning: str, grid: tuple[int, int, int, int], see: str) -> About:
        return About(title, f"{meaning} One line a queue.", grid, see)

    return [
        panels.lines(
            line("Waiting over time", "Callers who waited.", (0, 31, 8, 8), "definitions.md#now"),
            [over_time("A", chosen(promql.named(promql.WAITING)), _NAME)],
            look.COUNT,
        ),
        panels.lines(
            line(
                "Oldest wait over time",
                "How long the caller who waited longest had waited.",
                (8, 31, 8, 8),
                "definitions.md#now",
            ),
            [over_time("A", chosen(promql.named(promql.OLDEST_WAIT_S)), _NAME)],
            look.SECONDS,
        ),
        panels.lines(
            line(
                "Service level, 30 min, over time",
                "Closed service level of the 30 minutes before, by the queue's formula.",
                (16, 31, 8, 8),
                "definitions.md#service-level",
            ),
            [over_time("A", chosen(promql.named(promql.service_level_by_queue(_W))), _NAME)],
            look.SHARE,
            most=1,
        ),
        *(
            panels.lines(
                line(
                    f"{counter.capitalize()} in 15 min, over time",
                    f"Calls {counter} in the 15 minutes before.",
                    (x, 39, 12, 8),
                    "definitions.md#the-counters",
                ),
                [over_time("A", chosen(promql.named(promql.count(counter, "15m"))), _NAME)],
                look.COUNT,
            )
            for x, counter in ((0, "offered"), (12, "abandoned"))
        ),
    ]
