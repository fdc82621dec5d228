"""The Wall board: for reading across a room. Prometheus only, no variables, so that it can be shared.

28 rows of 38 pixels fill a 1080-line screen in kiosk mode. The top line shows whether the data is fresh
and whether anything is wrong, the table in which queue, and the right side which agents are free.
"""

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from dashboards.grafana import frame, look, panels, promql, queue_tables
from dashboards.grafana.panels import About
from dashboards.grafana.sources import now
from schemas.millis import format_duration
from schemas.timing import DEAD_MS

_W = promql.WALL_WINDOW


def board() -> Dashboard:
    return frame.shared(
        "Wall",
        "Every queue right now. Colours always come with a word: OK, WATCH, ACT.",
        "5m",
        [
            *_trust(),
            *_totals(),
            *_shares(),
            queue_tables.queues((0, 6, 16, 22)),
            _longest(),
            queue_tables.agents((16, 15, 8, 13)),
        ],
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
                "definitions.md#now",
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
                "definitions.md#now",
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
                "definitions.md#the-counters",
            ),
            now("A", promql.UNEXPLAINED),
            look.COUNT,
            look.steps(look.GOOD, (1, look.ACT)),
        ),
    ]


def _totals() -> list[Panel]:
    """Alerts, and who waits."""
    return [
        panels.tile(
            About(
                "Alerts firing",
                "Alerts that fire now. One across queues counts once.",
                (8, 0, 4, 6),
                "definitions.md#alerts",
            ),
            now("A", promql.ALERTS_OR_NONE),
            look.COUNT,
            look.steps(look.GOOD, (1, look.ACT)),
        ),
        panels.tile(
            About(
                "Waiting",
                "Callers who wait now, in all queues.",
                (12, 0, 4, 6),
                "definitions.md#now",
            ),
            now("A", promql.ALL_WAITING),
            look.COUNT,
            look.steps(look.CALM),
        ),
        panels.tile(
            About(
                "Oldest wait",
                "How long the caller who waits longest has waited; 0 with nobody waiting.",
                (16, 0, 4, 6),
                "definitions.md#now",
            ),
            now("A", promql.LONGEST_WAIT_S),
            look.SECONDS,
            look.steps(look.CALM),
        ),
    ]


def _shares() -> list[Panel]:
    """Over all queues, whatever each was promised."""
    return [
        panels.tile(
            About(
                f"{look.SERVED_AS_PROMISED}, 30 min",
                "Calls of the last 30 minutes that were served as their own queue promised (its formula"
                " and target), over all calls that count for that. – where no call was resolved.",
                (20, 0, 4, 3),
                "definitions.md#service-level",
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
                "definitions.md#abandonment-and-waits",
            ),
            now("A", promql.ratio(promql.ABANDONMENT, _W)),
            look.SHARE,
            look.steps(look.CALM),
            silence=look.NO_VALUE,
        ),
    ]


def _longest() -> Panel:
    return panels.bars(
        About(
            "Longest queues",
            "The eight queues with most callers waiting.",
            (16, 6, 8, 9),
            "definitions.md#now",
        ),
        now("A", promql.LONGEST_QUEUES, "{{queue_name}}"),
        look.COUNT,
        look.steps(look.CALM),
    )
