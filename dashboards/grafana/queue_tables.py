"""Tables with a row for each queue, which several boards have."""

from collections.abc import Callable
from typing import Any

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.grafana import look, panels, promql
from dashboards.grafana.panels import About, column
from dashboards.grafana.sources import table
from schemas.formulas import SERVICE_LEVELS
from schemas.goal import ENOUGH_CALLS, FEW_CALLS

Grid = tuple[int, int, int, int]
Scope = Callable[[str], str]  # which queues a query is asked of: all, or `promql.chosen`
_W = promql.WALL_WINDOW
TO_GOAL = look.steps(look.ACT, (-0.1, look.WATCH), (0, look.GOOD))


def all_queues(expr: str) -> str:
    return expr


_QUEUES: dict[str, tuple[str, str]] = {  # ref id: (column, PromQL)
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


def queues(grid: Grid, scope: Scope = all_queues) -> Panel:
    """The state of each queue, and what it is made of; the worst first."""
    columns = [
        column("State", look.COUNT, mappings=look.state_words(), width=120),
        column("Waiting", look.COUNT),
        column("Oldest wait", look.SECONDS),
        *(column(name, look.SHARE) for name in ("SL 30 min", "SL today", "Goal")),
        *(
            column(name, look.SHARE, colours=TO_GOAL, mappings=look.few_calls())
            for name in ("To goal 30 min", "To goal today")
        ),
        *(column(name, look.COUNT) for name in ("n 30 min", "n today")),
        column("Abandoned 30 min", look.SHARE),
    ]
    return of_each(
        About(
            "Queues",
            "Worst first. State: as the stream judged it, the same word as on the wallboard, where"
            " the cause stands; NO LIVE DATA when the figures are not of now. SL: closed service"
            " level by the queue's formula over the n calls resolved. To goal: service level less"
            f" goal (below 0 the promise is broken; {FEW_CALLS}: below it, with fewer than"
            f" {ENOUGH_CALLS} behind it). Abandoned: {promql.ABANDONMENT.title}. – means no calls,"
            " or no targets: nobody configured the queue.",
            grid,
            "definitions.md#the-state-of-a-queue",
        ),
        _QUEUES,
        columns,
        scope,
        sort=["State", "Oldest wait"],
    )


_AGENTS: dict[str, tuple[str, str]] = {
    "A": ("", promql.NAMES),
    "B": ("Free", promql.agents("available")),
    "C": ("Ringing", promql.agents("ringing")),
    "D": ("On calls", promql.agents("talking", "hold")),
    "E": ("Wrap-up", promql.agents("wrap")),
    "F": ("Not ready", promql.agents("not_ready")),
    "G": ("Unreachable", promql.agents("unreachable")),
}


def agents(grid: Grid, scope: Scope = all_queues) -> Panel:
    """How many agents of each queue do what."""
    free = look.steps(look.QUIET, (1, look.GOOD))
    return of_each(
        About(
            "Agents by state",
            "Agents of each queue by what they do now. An agent who serves several queues counts in"
            " each: do not add the rows up. – where agents are not measured.",
            grid,
            "definitions.md#now",
        ),
        _AGENTS,
        [
            column("Free", look.COUNT, colours=free),
            *(column(name, look.COUNT) for name, _ in list(_AGENTS.values())[2:]),
        ],
        scope,
        hidden=["centre"],
        sort=["Free"],
    )


def _formulas(window: str) -> dict[str, tuple[str, str]]:
    asked = [("", promql.NAMES), ("By its own", promql.service_level_by_queue(window))]
    asked += [
        (rule.name.removeprefix("sl_").replace("_", " "), promql.ratio_by_queue(rule, window))
        for rule in SERVICE_LEVELS
    ]
    asked += [("Goal", promql.GOAL), ("T", promql.TARGET_S)]
    return dict(zip("ABCDEFGHI", asked, strict=True))


def formulas(grid: Grid, window: str, title: str, scope: Scope = all_queues) -> Panel:
    """The service level of each queue by every formula, so that none is taken for another."""
    asked = _formulas(window)
    texts = "; ".join(
        f"{rule.name.removeprefix('sl_').replace('_', ' ')}: {rule.title.removesuffix(', call backs left out')}"
        for rule in SERVICE_LEVELS
    )
    shares = [name for name, _ in asked.values() if name not in {"", "T"}]
    return of_each(
        About(
            title,
            "The same calls by the formula that the queue was promised, and by all five; call backs"
            f" are left out of each. {texts}. T: the target within which a call is to be answered.",
            grid,
            "definitions.md#service-level",
        ),
        asked,
        [*(column(name, look.SHARE) for name in shares), column("T", look.SECONDS)],
        scope,
    )


def of_each(
    about: About,
    asked: dict[str, tuple[str, str]],
    columns: list[Any],
    scope: Scope = all_queues,
    *,
    hidden: list[str] | None = None,
    sort: list[str] | None = None,
) -> Panel:
    """A table with a row for each queue; `asked` gives column and PromQL by ref id, the queues' names as `A`."""
    gone = ["Value #A", "queue", *(hidden or [])]
    names = {"queue_name": "Queue", "centre": "Centre"}
    names |= {f"Value #{ref}": name for ref, (name, _) in asked.items() if name}
    names = {label: name for label, name in names.items() if label not in gone}
    return panels.rows(
        about,
        [table(ref, scope(expr)) for ref, (_, expr) in asked.items()],
        columns,
        transformations=panels.joined(names, gone),
        sort=sort or [],
    )
