"""The Pipeline board: queuewatch itself, from Kafka to the people who are told. Prometheus only."""

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from dashboards.grafana import frame, look, panels, pipeline_promql
from dashboards.grafana.panels import About, Tile, column
from dashboards.grafana.sources import over_time, table

_WATCH, _ON_CALL = "operator.md#what-to-watch", "on-call.md#the-alerts"
_NONE_IS_GOOD = look.steps(look.GOOD, (1, look.ACT))
_SOME_IS_ODD = look.steps(look.GOOD, (1, look.WATCH))
_MONTH_S = 30 * 86_400


def board() -> Dashboard:
    return frame.desk(
        "Pipeline",
        "queuewatch itself: are its processes there and up to date, do the books balance, what is set aside,"
        " and does what is found reach people.",
        "6h",
        frame.PROMETHEUS_REFRESH,
        [
            *panels.line_of_tiles(0, 4, _HEALTH),
            *panels.line_of_tiles(4, 4, _TRUTH),
            *_flow(),
            *_set_aside(),
            *_people(),
        ],
    )


_HEALTH = (
    Tile(
                "Processes not ready", "Processes that Prometheus reaches and that do not serve.", _WATCH,
                pipeline_promql.NOT_READY, look.COUNT, _NONE_IS_GOOD,
            ),
    Tile(
                "Workers recovering", "Workers that read their state back and show no queue until then.",
                _WATCH, pipeline_promql.RECOVERING, look.COUNT, _SOME_IS_ODD,
            ),
    Tile(
                "Lag", "Age of the newest applied record of stream where others wait behind it.", _WATCH,
                pipeline_promql.LAG_S, look.SECONDS,
                look.steps(look.GOOD, (5, look.WATCH), (30, look.ACT)),
            ),
    Tile(
                "Last checkpoint", "Time since the last round of checkpoints of the worker that is behind most.",
                _WATCH, pipeline_promql.CHECKPOINT_AGE_S, look.SECONDS,
                look.steps(look.GOOD, (10, look.WATCH), (60, look.ACT)),
            ),
    Tile(
                "Archive blocked", "How long the database has not taken rows; 0 when it does.", _ON_CALL,
                pipeline_promql.ARCHIVE_BLOCKED_S, look.SECONDS,
                look.steps(look.GOOD, (60, look.WATCH), (300, look.ACT)),
            ),
    Tile(
                "First certificate ends", "Time that the first of all certificates has left. – without TLS.",
                _ON_CALL, pipeline_promql.CERTIFICATE_LEFT_S, look.SECONDS,
                look.steps(look.ACT, (_MONTH_S / 10, look.WATCH), (_MONTH_S, look.GOOD)), look.NO_VALUE,
            ),
)  # fmt: skip


_TRUTH = (
    Tile(
                "Unexplained legs", "Calls that the books cannot explain. Anything but 0 is a fault of the counting.",
                "definitions.md#the-counters", pipeline_promql.UNEXPLAINED, look.COUNT, _NONE_IS_GOOD,
            ),
    Tile(
                "Wall and history differ", "Figures of the newest compared day that differ. – before the first comparison.",
                "definitions.md#wall-and-history-what-must-agree", pipeline_promql.RECONCILE_DIFFERING, look.COUNT,
                _NONE_IS_GOOD, look.NO_VALUE,
            ),
    Tile(
                "Newest compared day", "Start of the newest day whose live counters were compared with history.",
                "definitions.md#wall-and-history-what-must-agree", pipeline_promql.RECONCILED_AT_MS, look.MOMENT,
                look.steps(look.CALM), look.NO_VALUE,
            ),
    Tile(
                "Queues not configured", "Queues that sent live calls and stand in no targets.", _WATCH,
                pipeline_promql.UNCONFIGURED, look.COUNT, _SOME_IS_ODD,
            ),
    Tile(
                "Posts to Alertmanager failed", "Posts of notify in the last hour that Alertmanager did not take.", _ON_CALL,
                pipeline_promql.POSTS_FAILED, look.COUNT, _SOME_IS_ODD,
            ),
    Tile(
                "Message overdue", "How long the oldest message waits that deliver should have tried. – without deliver.",
                _ON_CALL, pipeline_promql.OVERDUE_S, look.SECONDS,
                look.steps(look.GOOD, (60, look.WATCH), (300, look.ACT)), look.NO_VALUE,
            ),
)  # fmt: skip


def _flow() -> list[Panel]:
    return [
        panels.lines(
            About(
                "Events per second", "Input records by what became of them.", (0, 8, 12, 8), _WATCH
            ),
            [over_time("A", pipeline_promql.EVENTS_PER_S, "{{topic}} {{result}}")],
            look.PER_SECOND,
        ),
        panels.lines(
            About(
                "Rows archived per second",
                "Rows that archive inserted, by table.",
                (12, 8, 12, 8),
                _WATCH,
            ),
            [over_time("A", pipeline_promql.ARCHIVED_PER_S, "{{table}}")],
            look.PER_SECOND,
        ),
        panels.lines(
            About(
                "Lag in records",
                "Records between what was done and the end of the log.",
                (0, 16, 12, 8),
                _WATCH,
            ),
            [over_time("A", pipeline_promql.LAG_RECORDS, "{{job}}")],
            look.COUNT,
        ),
        panels.lines(
            About(
                "Time of a checkpoint", "Mean time that a checkpoint took.", (12, 16, 12, 8), _WATCH
            ),
            [over_time("A", pipeline_promql.CHECKPOINT_S, "checkpoint")],
            look.SHORT_TIME,
        ),
    ]


def _set_aside() -> list[Panel]:
    return [
        panels.rows(
            About(
                "Processes",
                "Ready: 1 when every one of that name serves. Running: how many of each version.",
                (0, 24, 8, 8),
                _WATCH,
            ),
            [table("A", pipeline_promql.BUILDS), table("B", pipeline_promql.READY)],
            [column(name, look.COUNT) for name in ("Running", "Ready")],
            transformations=panels.joined(
                {"process": "Process", "version": "Version", "Value #A": "Running", "Value #B": "Ready"},
                [], by="process",
            ),
        ),
        panels.rows(
            About(
                "Set aside in the last hour",
                "Records in no figure until they are replayed, by topic and reason.",
                (8, 24, 8, 8),
                "operator.md#quarantine",
            ),
            [table("A", pipeline_promql.SET_ASIDE)],
            [column("Records", look.COUNT)],
            transformations=panels.listed(
                {"topic": "Topic", "reason": "Reason", "Value": "Records"}, []
            ),
            sort=["Records"],
        ),
        panels.rows(
            About(
                "Lines refused in the last hour",
                "Lines of followed platforms whose content is in no figure.",
                (16, 24, 8, 8),
                "operator.md#quarantine",
            ),
            [table("A", pipeline_promql.LINES_REFUSED)],
            [column("Lines", look.COUNT)],
            transformations=panels.listed(
                {"source": "Source", "reason": "Reason", "Value": "Lines"}, []
            ),
            sort=["Lines"],
        ),
    ]  # fmt: skip


def _people() -> list[Panel]:
    return [
        panels.rows(
            About(
                "Probe",
                "Time since a probe last passed each stage on the way of a page: the first stage that is old is"
                " where pages end.",
                (0, 32, 8, 8),
                _ON_CALL,
            ),
            [table("A", pipeline_promql.PROBE_AGES_S)],
            [column("Age", look.SECONDS)],
            transformations=panels.listed({"stage": "Stage", "Value": "Age"}, []),
            sort=["Age"],
        ),
        panels.rows(
            About(
                "Messages in the last hour",
                "Messages of deliver by how they ended.",
                (8, 32, 8, 8),
                _ON_CALL,
            ),
            [table("A", pipeline_promql.MESSAGES)],
            [column("Messages", look.COUNT)],
            transformations=panels.listed({"result": "Result", "Value": "Messages"}, []),
        ),
        panels.rows(
            About(
                "Addresses that take nothing",
                "How long each address has taken none of what it was handed; 0 when it took the last.",
                (16, 32, 8, 8),
                _ON_CALL,
            ),
            [table("A", pipeline_promql.TARGET_FAILING_S)],
            [column("Failing", look.SECONDS)],
            transformations=panels.listed(
                {"owner": "Owner", "target": "Address", "Value": "Failing"}, []
            ),
            sort=["Failing"],
        ),
    ]
