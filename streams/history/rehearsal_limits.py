"""Which limit of a rule gives how many alerts: every rule decided again with its limit at several steps. Pure.

All rules are scaled by one factor in one run, since no rule depends on another one. So a proposal costs as many
decisions as there are steps, whatever the number of rules and queues, and the archive is read once.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from schemas.alerts import Alert
from schemas.millis import SECOND, format_duration
from schemas.targets import RuleSettings, Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from streams.core.active_rules import ActiveRules
from streams.core.rule import HoldingTimes, Rule
from streams.core.rule_catalogue import RULES
from streams.history.rehearsal import Rehearsed, concerns, stretch_of, stretches
from streams.history.rehearsal_report import OF_RULE, Ground
from streams.history.report import Column, Found, Part, Row

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)  # of the limit that the targets have
NOW = FACTORS.index(1.0)
_LIMITS = ("raise_above_ms", "raise_above", "points")  # a table has one of them, or its rule none
_CLEARS = ("clear_below_ms", "clear_below", "clear_points")

PART = Part(
    (
        *OF_RULE,
        Column("key", "text", "key of the limit in `queues.toml`; the one that clears is scaled with it"),
        Column("limit", "text", "its value, as `queues.toml` writes it"),
        Column("now", "yes = 1", "the limit of the targets that were tried"),
        Column("alerts_a_week", "number", "alerts a week with this limit, replays left out, whatever the severity",
               "the events cover no time"),
        Column("below_goal", "number", "stretches below the goal in the range"),
        Column("below_goal_alerted", "number", "those that an alert belongs to"),
        Column("median_early_s", "s", "how long before the first minute below the goal it fired; below 0: after it",
               "no alert belongs to a stretch"),
        Column("proposed", "yes = 1", "the lowest limit with at most as many alerts a week as wanted"),
    ),
    ("rule", "queue", "key", "limit", "now", "alerts_a_week", "below_goal_alerted", "median_early_s", "proposed"),
    name="limits",
    kind="limit",
)  # fmt: skip


def limit_of(table: HoldingTimes) -> tuple[str, float] | None:
    """Its one limit that raises, and the value; None for a rule without."""
    fields = asdict(table)
    return next(((key, fields[key]) for key in _LIMITS if key in fields), None)


def scaled_versions(versions: Sequence[TargetsVersion], factor: float) -> list[TargetsVersion]:
    """Every limit times the factor. A rule whose table does not allow that (a share above 1) is switched off."""
    return [
        replace(version, queues=tuple(_scaled(targets, factor) for targets in version.queues))
        for version in versions
    ]


def _scaled(targets: Targets, factor: float) -> Targets:
    alerts: dict[str, RuleSettings] = {}
    for rule, table in ActiveRules(targets).tables:
        settings = scaled_table(rule, table, factor)
        if settings is not None:
            alerts[rule.name] = settings
    return replace(targets, alerts=alerts)


def scaled_table(rule: Rule[Any], table: HoldingTimes, factor: float) -> RuleSettings | None:
    settings: dict[str, Any] = asdict(table)
    for key in (*_LIMITS, *_CLEARS):
        if key in settings:
            settings[key] = _times(key, settings[key], factor)
    try:
        msgspec.convert(settings, rule.table)
    except msgspec.ValidationError:
        return None
    return settings


def _times(key: str, value: float, factor: float) -> float:
    """Durations in whole seconds, as people write them."""
    if key.endswith("_ms"):
        return round(value * factor / SECOND) * SECOND
    return round(value * factor, 4)


def with_limits(
    found: Found, steps: Sequence[Rehearsed], ground: Ground, wanted: float
) -> tuple[Found, list[str]]:
    """The report with a part more, and the rules and queues for which no limit that was tried is high enough."""
    rows: list[Row] = []
    without: list[str] = []
    for row in found.rows[0]:
        rule, queue = str(row["rule"]), str(row["queue"])
        if str(row["result"]).startswith("not evaluated"):
            continue
        tried = list(_tried(row, steps, ground))
        low = [each for each in tried if _few_enough(each, wanted)]
        if tried and not low:
            without.append(f"{rule}/{queue}")
        if low:
            low[0]["proposed"] = 1
        rows += tried
    parts = (*found.rows, rows)
    titles = (*found.titles, f"limits, for at most {wanted:g} alerts a week of each rule and queue")
    return Found(parts, titles, found.facts), without


def _few_enough(row: Row, wanted: float) -> bool:
    a_week = row["alerts_a_week"]
    return isinstance(a_week, int | float) and a_week <= wanted


def _tried(of: Mapping[str, Any], steps: Sequence[Rehearsed], ground: Ground) -> Iterator[Row]:
    """A row for each step, from the lowest limit on; none for a rule without one."""
    rule, queue = of["rule"], of["queue"]
    targets, _ = TargetsBook(ground.versions).at(queue, ground.end - 1)
    table = None if targets is None else ActiveRules(targets).table_of.get(rule)
    limit = None if table is None else limit_of(table)
    if table is None or limit is None:
        return
    key, value = limit
    below = stretches(steps[NOW].below_goal.get(queue, ()))
    declared = next(each for each in RULES if each.name == rule)
    for factor, step in zip(FACTORS, steps, strict=True):
        if scaled_table(declared, table, factor) is None:
            continue
        mine = [
            each
            for each in step.fired(ground.start, ground.end)
            if each.rule == rule and concerns(each, queue) and not each.replay
        ]
        yield {
            **{column.name: of[column.name] for column in OF_RULE},
            "key": key.removesuffix("_ms"),
            "limit": _written(key, _times(key, value, factor)),
            "now": int(factor == 1.0),
            "alerts_a_week": ground.a_week(len(mine)),
            **_against_goal(mine, below, ground),
            "proposed": 0,
        }


def _written(key: str, value: float) -> str:
    return format_duration(int(value)) if key.endswith("_ms") else f"{value:g}"


def _against_goal(alerts: Sequence[Alert], below: Sequence[tuple[int, int]], ground: Ground) -> Row:
    early = [
        (stretch[0] - (each.fired_at or 0)) // SECOND
        for each in alerts
        if (stretch := stretch_of(each, below)) is not None
    ]
    missed = ground.missed(below)
    alerted = {stretch_of(each, below) for each in alerts}
    return {
        "below_goal": len(missed),
        "below_goal_alerted": sum(each in alerted for each in missed),
        "median_early_s": median(early) if early else None,
    }
