"""Asks the alert rules of a queue at a boundary, and makes a record of each change."""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.alerts import Alert
from schemas.millis import MINUTE
from schemas.targets import Targets
from streams.core.active_rules import ActiveRules
from streams.core.alert_cost import Cost, cost_until
from streams.core.alerting import Change, Progress, advance
from streams.core.queue_view import QueueView
from streams.core.rule import (
    NOT_ASKED,
    HoldingTimes,
    Measured,
    Rule,
    UnknownRule,
    severity_of,
)
from streams.core.rule_catalogue import RULES
from streams.core.unit import Cause

_KNOWN = {rule.name for rule in RULES}


def evaluate(
    targets: Targets,
    rules: ActiveRules,
    view: QueueView,
    progress: dict[str, Progress],
    cause: Cause,
) -> Iterator[Alert]:
    """Advance the rules of a queue in place; yields one alert record for each change.

    Only rules that are not inactive stay in `progress`. A rule that stands there but is no longer
    switched on was removed while its alert was open: that alert is ended.
    """
    asked: Sequence[tuple[Rule[Any], HoldingTimes | None]] = rules.tables
    if progress and not progress.keys() <= rules.table_of.keys():
        unknown = [UnknownRule(name) for name in sorted(progress.keys() - _KNOWN)]
        asked = [(rule, rules.table_of.get(rule.name)) for rule in (*RULES, *unknown)]
    for rule, table in asked:
        if rule.each_minute and table is not None and view.at % MINUTE:
            continue
        before = progress.get(rule.name)
        if before is None and table is not None and _is_quiet(rule, table, view):
            continue
        measured = NOT_ASKED if table is None else figure(rule, table, view, before)
        if before is not None and before.doubtful and table is not None and not measured.doubtful:
            del progress[rule.name]
            yield _record(rule, targets, view, before, measured, _taken_away(before), cause)
            before = None
        if before is None and not measured.raised:
            continue
        before = before or Progress()
        change: Change | None
        if table is None:
            after, change = Progress(), _taken_away(before)
        else:
            after, change = advance(
                before,
                view.at,
                raised=measured.raised,
                calm=measured.calm,
                hold_ms=table.hold_ms,
                clear_hold_ms=table.clear_hold_ms,
            )
        after.cost = Cost(after.onset_at) if before.stage == "inactive" else before.cost
        was, after.severity = before.severity, severity_of(rule, targets)
        after.doubtful = measured.doubtful
        if after.stage == "inactive":
            progress.pop(rule.name, None)
        else:
            progress[rule.name] = after
        if (
            change is None
            and after.stage == "firing"
            and (view.at % MINUTE == 0 or was not in {None, after.severity})
        ):
            change = "firing"  # it holds: who is told learns the figures of now
        if change is not None:
            started = after if change in {"pending", "firing"} else before
            yield _record(rule, targets, view, started, measured, change, cause)


def _is_quiet(rule: Rule[Any], table: HoldingTimes, view: QueueView) -> bool:
    """Another rule made this boundary be looked at: this one need not be measured."""
    return not rule.each_minute and rule.quiet_until(table, view.line, view.rolling) >= view.at


def figure(
    rule: Rule[Any], table: HoldingTimes, view: QueueView, progress: Progress | None
) -> Measured:
    """What the rule says of the callers who are surely there; of the doubtful ones only where those do not
    raise it and have no alert open. So no doubtful caller hides another one.
    """
    firm = rule.measure(table, view)
    if firm.raised or (progress is not None and not progress.doubtful):
        return firm
    return rule.measure_doubtful(table, view) or firm


def told(rule: Rule[Any], queue_name: str, measured: Measured) -> str:
    """The sentence for people, also where the rule cannot say any more what it measures."""
    if measured.not_evaluated is not None:
        return f"{queue_name}: {rule.title}: not evaluated any more ({measured.not_evaluated})"
    return rule.sentence(queue_name, measured)


def _taken_away(before: Progress) -> Change:
    return "resolved" if before.stage == "firing" else "inactive"


def _record(
    rule: Rule[Any],
    targets: Targets,
    view: QueueView,
    started: Progress,
    measured: Measured,
    change: Change,
    cause: Cause,
) -> Alert:
    is_open = change in {"pending", "firing"}
    cost = None if is_open or started.cost is None else started.cost
    if cost is not None:
        cost = cost_until(cost, view.rolling, view.at)
    return Alert(
        alert_id=f"{rule.name}/{targets.queue}/{started.onset_at}",
        version=cause.version,
        rule=rule.name,
        queue=targets.queue,
        state=change,
        severity=started.severity or severity_of(rule, targets),
        onset_at=started.onset_at,
        changed_at=started.fired_at if change == "firing" else view.at,
        held_at=view.at,
        known_at=cause.known_at,
        value=round(measured.value, 4),
        threshold=measured.threshold,
        n=measured.n,
        reason=told(rule, targets.name, measured),
        fired_at=started.fired_at or None,
        resolved_at=view.at if change == "resolved" else None,
        owner=targets.owner,
        department=targets.department,
        queue_name=targets.name,
        agents=view.agents,
        replay=view.replay,
        doubtful=started.doubtful,
        free_agents=view.free_agents if is_open else (),
        late_calls=cost.late_calls if cost else None,
        abandoned=cost.abandoned if cost else None,
    )
