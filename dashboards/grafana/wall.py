"""The Wall board: for reading across a room. Prometheus only, no variables, so that it can be shared.

28 rows of 38 pixels fill a 1080-line screen in kiosk mode. The top line shows whether the data is fresh
and whether anything is wrong, the table in which queue, and the right side which agents are free.
"""

from grafana_foundation_sdk.models.dashboard import (
    AnnotationContainer,
    Dashboard,
    DashboardDashboardTemplating,
    DashboardDashboardTime,
    Panel,
    TimePickerConfig,
)

from dashboards.grafana import look, panels, promql
from dashboards.grafana.panels import About, column
from dashboards.grafana.sources import now, table
from schemas.goal import ENOUGH_CALLS, FEW_CALLS
from schemas.millis import format_duration
from schemas.timing import DEAD_MS

UID = "queuewatch-wall"
_W = promql.WALL_WINDOW


def wall() -> Dashboard:
    return Dashboard(
        uid=UID,
        title="queuewatch: Wall",
        description="Every queue right now. Colours always come with a word: OK, WATCH, ACT.",
        tags=["queuewatch", "wall"],
        editable=False,
        refresh="5s",
        time=DashboardDashboardTime(from_val="now-5m", to="now"),
        timepicker=TimePickerConfig(hidden=True),
        templating=DashboardDashboardTemplating(list_val=[]),
        annotations=AnnotationContainer(list_val=[]),
        panels=[*_trust(), *_totals(), _queues(), _longest(), _agents()],
    )


def _trust() -> list[Panel]:
    """Whether the figures of the board are fresh and complete."""
    return [
        panels.tile(
            About(
                "Data age",
                "Time since the moment up to which the figures of every live queue are known. About"
                " 8 s is normal (sources may report 5 s late). Red from"
                f" {format_duration(DEAD_MS)} on: do not steer by this board.",
                (0, 0, 4, 6),
            ),
            now("A", promql.DATA_AGE_S),
            look.SECONDS,
            look.steps(look.GOOD, (DEAD_MS / 2000, look.WATCH), (DEAD_MS / 1000, look.ACT)),
        ),
        panels.tile(
            About(
                "Queues without live data",
                "Queues whose every source fell silent or ended: their figures stand still.",
                (4, 0, 4, 3),
            ),
            now("A", promql.STALE_QUEUES),
            look.COUNT,
            look.steps(look.GOOD, (1, look.ACT)),
        ),
        panels.tile(
            About(
                "Unexplained legs",
                "Calls that the books cannot explain: offered less every outcome less waiting."
                " Anything but 0 is a fault of the counting; see docs/runbooks.",
                (4, 3, 4, 3),
            ),
            now("A", promql.UNEXPLAINED),
            look.COUNT,
            look.steps(look.GOOD, (1, look.ACT)),
        ),
    ]


def _totals() -> list[Panel]:
    """Alerts, and figures over all queues."""
    return [
        panels.tile(
            About(
                "Alerts firing",
                "Alerts that fire now. One across queues counts once.",
                (8, 0, 4, 6),
            ),
            now("A", promql.ALERTS_OR_NONE),
            look.COUNT,
            look.steps(look.GOOD, (1, look.ACT)),
        ),
        panels.tile(
            About("Waiting", "Callers who wait now, in all queues.", (12, 0, 4, 6)),
            now("A", promql.ALL_WAITING),
            look.COUNT,
            look.steps(look.CALM),
        ),
        panels.tile(
            About(
                "Oldest wait",
                "How long the caller who waits longest has waited; 0 with nobody waiting.",
                (16, 0, 4, 6),
            ),
            now("A", promql.LONGEST_WAIT_S),
            look.SECONDS,
            look.steps(look.CALM),
        ),
        panels.tile(
            About(
                "Service level, 30 min",
                "Closed service level of the last 30 minutes over all queues, each by its own"
                " formula and target. – where no call was resolved.",
                (20, 0, 4, 3),
            ),
            now("A", promql.service_level(_W)),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
        panels.tile(
            About(
                "Abandoned, 30 min",
                f"{promql.ABANDONMENT.title}, last 30 minutes, all queues. – without calls.",
                (20, 3, 4, 3),
            ),
            now("A", promql.ratio(promql.ABANDONMENT, _W)),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
    ]


_QUEUE_COLUMNS: dict[str, tuple[str, str]] = {  # ref id: (column, PromQL)
    "A": ("", promql.NAMES),
    "B": ("State", promql.STATE),
    "C": ("Waiting", promql.WAITING),
    "D": ("Oldest wait", promql.OLDEST_WAIT_S),
    "E": ("SL 30 min", promql.service_level_by_queue(_W)),
    "F": ("To goal 30 min", promql.against_goal(_W)),
    "G": ("n 30 min", promql.behind(_W)),
    "H": ("SL today", promql.service_level_by_queue("today")),
    "I": ("To goal today", promql.against_goal("today")),
    "J": ("n today", promql.behind("today")),
    "K": ("Goal", promql.GOAL),
    "L": ("Abandoned 30 min", promql.ratio_by_queue(promql.ABANDONMENT, _W)),
}


def _queues() -> Panel:
    names = {"queue_name": "Queue", "centre": "Centre"}
    names |= {f"Value #{ref}": name for ref, (name, _) in _QUEUE_COLUMNS.items() if name}
    to_goal = look.steps(look.ACT, (-0.1, look.WATCH), (0, look.GOOD))
    columns = [
        column("State", look.COUNT, mappings=look.state_words(), width=120),
        column("Waiting", look.COUNT),
        column("Oldest wait", look.SECONDS),
        *(column(name, look.SHARE) for name in ("SL 30 min", "SL today", "Goal")),
        *(
            column(name, look.SHARE, colours=to_goal, mappings=look.few_calls())
            for name in ("To goal 30 min", "To goal today")
        ),
        *(column(name, look.COUNT) for name in ("n 30 min", "n today")),
        column("Abandoned 30 min", look.SHARE),
    ]
    return panels.rows(
        About(
            "Queues",
            "Worst first. State: as the stream judged it, the same word as on the wallboard, where"
            " the cause stands; NO LIVE DATA when the figures are not of now. SL: closed service"
            " level by the queue's formula over the n calls resolved. To goal: service level less"
            f" goal (below 0 the promise is broken; {FEW_CALLS}: below it, with fewer than"
            f" {ENOUGH_CALLS} behind it). Abandoned: {promql.ABANDONMENT.title}. – means no calls,"
            " or no targets: nobody configured the queue.",
            (0, 6, 16, 22),
        ),
        [table(ref, expr) for ref, (_, expr) in _QUEUE_COLUMNS.items()],
        columns,
        transformations=panels.joined_by_queue(names, ["Value #A", "queue"]),
        sort=["State", "Oldest wait"],
    )


def _longest() -> Panel:
    return panels.bars(
        About("Longest queues", "The eight queues with most callers waiting.", (16, 6, 8, 9)),
        now("A", promql.LONGEST_QUEUES, "{{queue_name}}"),
        look.COUNT,
        look.steps(look.CALM),
    )


_AGENT_COLUMNS: dict[str, tuple[str, str]] = {
    "A": ("", promql.NAMES),
    "B": ("Free", promql.agents("available")),
    "C": ("Ringing", promql.agents("ringing")),
    "D": ("On calls", promql.agents("talking", "hold")),
    "E": ("Wrap-up", promql.agents("wrap")),
    "F": ("Not ready", promql.agents("not_ready")),
    "G": ("Unreachable", promql.agents("unreachable")),
}


def _agents() -> Panel:
    names = {"queue_name": "Queue"}
    names |= {f"Value #{ref}": name for ref, (name, _) in _AGENT_COLUMNS.items() if name}
    free = look.steps(look.QUIET, (1, look.GOOD))
    return panels.rows(
        About(
            "Agents by state",
            "Agents of each queue by what they do now. An agent who serves several queues counts in"
            " each: do not add the rows up. – where agents are not measured.",
            (16, 15, 8, 13),
        ),
        [table(ref, expr) for ref, (_, expr) in _AGENT_COLUMNS.items()],
        [
            column("Free", look.COUNT, colours=free),
            *(column(name, look.COUNT) for name, _ in list(_AGENT_COLUMNS.values())[2:]),
        ],
        transformations=panels.joined_by_queue(names, ["Value #A", "queue", "centre"]),
        sort=["Free"],
    )
