"""The On call board: what fires, how fast the promises are used up, and whether the figures can be trusted at all."""

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from dashboards.grafana import frame, look, panels, pipeline_promql, promql, queue_tables
from dashboards.grafana.panels import About, Tile, column
from dashboards.grafana.sources import over_time, table
from schemas.millis import format_duration
from schemas.timing import DEAD_MS

_AGE = look.steps(look.GOOD, (DEAD_MS / 2000, look.WATCH), (DEAD_MS / 1000, look.ACT))
_NONE_IS_GOOD = look.steps(look.GOOD, (1, look.ACT))
_BURN = look.steps(look.QUIET, (1, look.WATCH), (2, look.ACT))
_LEFT = look.steps(look.ACT, (5, look.WATCH), (10, look.QUIET))


def board() -> Dashboard:
    return frame.desk(
        "On call",
        "For whoever was woken: what fires and whether anybody has it, how fast the promise of each queue"
        " is used up, and whether the figures are of now.",
        "3h",
        frame.PROMETHEUS_REFRESH,
        [
            *panels.line_of_tiles(0, 4, _TILES),
            _firing(),
            _pipeline(),
            _burn(),
            _words(),
            _sources(),
            _not_evaluated(),
            *_lags(),
        ],
    )


_TILES = (
    Tile(
        "Alerts of queues", "Alerts of queues that fire now. One across queues counts once.",
        "definitions.md#alerts", promql.ALERTS_OR_NONE, look.COUNT, _NONE_IS_GOOD,
    ),
    Tile(
        "Nobody has them",
        "Firing alerts that nobody acknowledged and that are not muted, as notify counts them.",
        "on-call.md#i-have-it", pipeline_promql.NOBODY_HAS, look.COUNT, _NONE_IS_GOOD,
    ),
    Tile(
        "Alerts of the pipeline",
        "Rules of Prometheus about queuewatch itself that fire. NO DATA: the rules are not evaluated, so their"
        " silence says nothing.",
        "on-call.md#the-alerts", pipeline_promql.PIPELINE_FIRING, look.COUNT, _NONE_IS_GOOD,
    ),
    Tile(
        "Data age",
        "Time since the moment up to which the figures of every live queue are known. Red from"
        f" {format_duration(DEAD_MS)} on.",
        "definitions.md#now", promql.DATA_AGE_S, look.SECONDS, _AGE,
    ),
    Tile(
        "Queues without live data",
        "Queues whose every source fell silent or ended: their figures stand still, and their alerts say nothing.",
        "definitions.md#now", pipeline_promql.STALE_QUEUES, look.COUNT, _NONE_IS_GOOD,
    ),
    Tile(
        "Last probe came back",
        "Each minute a probe goes the way of a page: Kafka, stream, Alertmanager, webhook. Time since one came"
        " through.",
        "on-call.md#the-alerts", pipeline_promql.PROBE_AGE_S, look.SECONDS,
        look.steps(look.GOOD, (90, look.WATCH), (150, look.ACT)),
    ),
)  # fmt: skip


def _firing() -> Panel:
    names = {"rule": "Rule", "queue_name": "Queue", "topic": "Topic", "area": "Area"}
    return panels.rows(
        About(
            "Alerts of queues that fire",
            "A row for each rule and queue; an incident has one for each of its queues, with topic and area.",
            (0, 4, 12, 8),
            "definitions.md#alerts",
        ),
        [table("A", promql.FIRING)],
        [],
        transformations=panels.listed(names, ["Value", "queue"]),
    )


def _pipeline() -> Panel:
    names = {"alertname": "Rule", "severity": "Severity", "job": "Process", "queue": "Queue"}
    names |= {"source": "Source", "topic": "Topic", "told": "Owner", "target": "Address"}
    return panels.rows(
        About(
            "Alerts of the pipeline that fire",
            "Each has a runbook of its name in docs/runbooks.",
            (12, 4, 12, 8),
            "on-call.md#the-alerts",
        ),
        [table("A", pipeline_promql.PIPELINE_ALERTS)],
        [],
        transformations=panels.listed(names, ["Value"]),
    )


_BURNS: dict[str, tuple[str, str]] = {
    "A": ("", promql.NAMES),
    "B": ("Burn 60 min", promql.burn("60m")),
    "C": ("Burn 15 min", promql.burn("15m")),
    "D": ("n 60 min", promql.behind("60m")),
    "E": ("Late calls left today", promql.late_calls_left()),
    "F": ("SL today", promql.service_level_by_queue("today")),
    "G": ("Goal", promql.GOAL),
    "H": ("n today", promql.behind("today")),
}


def _burn() -> Panel:
    return queue_tables.of_each(
        About(
            "Burn and late calls left",
            "Burn: how many times as many late calls as the goal allows; 1 is a service level at its goal. The"
            " highest at a goal of 80 % is 5. Late calls left: how many of the next calls may all be late while"
            " today is still at its goal. – at a goal of 100 %, and without calls.",
            (0, 12, 16, 9),
            "definitions.md#alerts",
        ),
        _BURNS,
        [
            *(column(name, look.FACTOR, colours=_BURN) for name in ("Burn 60 min", "Burn 15 min")),
            column("Late calls left today", look.COUNT, colours=_LEFT),
            *(column(name, look.COUNT) for name in ("n 60 min", "n today")),
            *(column(name, look.SHARE) for name in ("SL today", "Goal")),
        ],
        hidden=["centre"],
        sort=["Burn 60 min"],
    )


def _words() -> Panel:
    names = {"rule": "Rule", "severity": "Severity", "state": "State", "Value": "Alerts"}
    return panels.rows(
        About(
            "What people said",
            "Firing alerts by what people said of them: firing (nothing), acknowledged, muted.",
            (16, 12, 8, 9),
            "on-call.md#i-have-it",
        ),
        [table("A", pipeline_promql.ALERTS_BY_WORD)],
        [column("Alerts", look.COUNT)],
        transformations=panels.listed(names, []),
    )


def _sources() -> Panel:
    names = {"source": "Source", "Value #B": "Last event", "Value #C": "Clock behind"}
    return panels.rows(
        About(
            "Sources",
            "Time since the newest event or tick of each live source, and how far its clock was behind the"
            " broker's (below 0: ahead). A replay has no clock to compare.",
            (0, 21, 12, 8),
            "definitions.md#now",
        ),
        [
            table("A", pipeline_promql.SOURCES),
            table("B", pipeline_promql.SOURCE_AGE_S),
            table("C", pipeline_promql.SOURCE_BEHIND_S),
        ],
        [
            column("Last event", look.SECONDS, colours=_AGE),
            column("Clock behind", look.COUNT),
        ],
        transformations=panels.joined(names, ["Value #A"], by="source"),
        sort=["Last event"],
    )


def _not_evaluated() -> Panel:
    names = {"rule": "Rule", "queue_name": "Queue", "reason": "Why"}
    return panels.rows(
        About(
            "Rules that cannot be asked",
            "Rules of queues whose silence says nothing, and why.",
            (12, 21, 12, 8),
            "definitions.md#alerts",
        ),
        [table("A", promql.NOT_EVALUATED)],
        [],
        transformations=panels.listed(names, ["Value", "queue"]),
    )


def _lags() -> list[Panel]:
    return [
        panels.lines(
            About(
                "Lag in records",
                "Records between what stream and archive have done and the end of the log.",
                (0, 29, 12, 8),
                "operator.md#what-to-watch",
            ),
            [over_time("A", pipeline_promql.LAG_RECORDS, "{{job}}")],
            look.COUNT,
        ),
        panels.lines(
            About(
                "Lag in time",
                "Age of the newest applied record where others wait behind it.",
                (12, 29, 12, 8),
                "operator.md#what-to-watch",
            ),
            [over_time("A", pipeline_promql.LAG_S_BY_TOPIC, "{{topic}}")],
            look.SECONDS,
        ),
    ]
