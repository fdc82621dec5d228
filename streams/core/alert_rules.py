"""Asks the alert rules of a queue at a boundary, and makes a record of each change."""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.alerts import Alert, Severity
from schemas.maintenance import maintenance_at
from schemas.millis import MINUTE
from schemas.targets import Targets
from streams.core.alert_cost import Cost, cost_until
from streams.core.alerting import Change, Progress, advance, lately
from streams.core.lookout import Asked, Safe, may_be_raised
from streams.core.queue_view import QueueView
from streams.core.rule import (
    NOT_ASKED,
    HoldingTimes,
    Measured,
    Rule,
    severity_of,
    tuned_to,
)
from streams.core.unit import Cause


def evaluate(
    targets: Targets,
    asked: Sequence[Asked],
    view: QueueView,
    progress: dict[str, Progress],
    ends: dict[str, list[int]],
    safe: Safe,
    cause: Cause,
) -> Iterator[Alert]:
    """Advance the rules of a queue that are `asked` in place; yields one alert record for each change.

    Only rules that are not inactive stay in `progress`. A rule that stands there but is no longer
    switched on was removed while its alert was open: that alert is ended. `ends`, by rule, are the times of the last
    hour at which an alert ended by itself; it is noted in place, too, and so is `safe`.
    """
    for rule, table in asked:
        before = progress.get(rule.name)
        measured = NOT_ASKED if table is None else figure(rule, table, view, before)
        if before is not None and before.doubtful and table is not None and not measured.doubtful:
            del progress[rule.name]
            yield _record(
                (rule, table), targets, view, before, measured, _taken_away(before), cause
            )
            before = None
        if before is None and not measured.raised:
            if table is not None:
                safe.note(rule, table, view)
            continue
        before = before or Progress()
        change: Change | None
        if table is None:
            after, change = Progress(), _taken_away(before)
        else:
            after, change = _advanced(rule, table, view.at, before, measured, ends)
            if change == "resolved":
                ends[rule.name] = [*lately(ends.get(rule.name, ()), view.at), view.at]
        after.cost = Cost(after.onset_at) if before.stage == "inactive" else before.cost
        was, after.severity = before.severity, severity_of(rule, targets)
        after.doubtful = measured.doubtful
        if after.stage == "inactive":
            progress.pop(rule.name, None)
        else:
            progress[rule.name] = after
        if change is None and _is_written_again(before, after, was, view.at):
            change = "firing"
        if change is not None:
            started = after if change in {"pending", "firing"} else before
            yield _record((rule, table), targets, view, started, measured, change, cause)


def would_change(
    rule: Rule[Any],
    table: HoldingTimes,
    view: QueueView,
    before: Progress | None,
    ends: dict[str, list[int]],
) -> bool:
    """Whether `evaluate` would change anything of this rule, or write a record besides that of each whole minute."""
    if before is None:
        return may_be_raised(rule, table, view) and figure(rule, table, view, None).raised
    measured = figure(rule, table, view, before)
    after, change = _advanced(rule, table, view.at, before, measured, ends)
    return (
        change is not None
        or after is not before
        or measured.doubtful is not before.doubtful
        or before.severity != severity_of(rule, view.targets)
    )


def _advanced(
    rule: Rule[Any],
    table: HoldingTimes,
    at: int,
    before: Progress,
    measured: Measured,
    ends: dict[str, list[int]],
) -> tuple[Progress, Change | None]:
    return advance(
        before,
        at,
        raised=measured.raised,
        calm=measured.calm,
        hold_ms=table.hold_ms,
        clear_hold_ms=table.clear_hold_ms,
        ends=ends.get(rule.name, ()),
    )


def _is_written_again(former: Progress, now: Progress, was: Severity | None, at: int) -> bool:
    """It still fires: who is told learns the figures of now, a severity that has changed, and whether it is calm."""
    return now.stage == "firing" and (
        at % MINUTE == 0 or was not in {None, now.severity} or is_calm(former) != is_calm(now)
    )


def is_calm(progress: Progress) -> bool:
    """Whether it is below the limit that clears it, and not yet for as long as it takes to end."""
    return progress.calm_since is not None


def figure(
    rule: Rule[Any], table: HoldingTimes, view: QueueView, progress: Progress | None
) -> Measured:
    """What the rule says of the callers who are surely there; of the doubtful ones only where those do not
    raise it and have no alert open. So no doubtful caller hides another one.
    """
    firm = view.measured.get(rule.name)
    if firm is None:
        firm = view.measured[rule.name] = rule.measure(table, view)
    if firm.raised or (progress is not None and not progress.doubtful):
        return firm
    return rule.measure_doubtful(table, view) or firm


def told(rule: Rule[Any], table: HoldingTimes | None, view: QueueView, measured: Measured) -> str:
    """The sentence for people, also where the rule cannot say any more what it measures; no table: it was removed."""
    queue_name = view.targets.name
    if measured.not_evaluated is not None:
        return f"{queue_name}: {rule.title}: not evaluated any more ({measured.not_evaluated})"
    if table is not None and (cause := rule.cause(table, view, measured)) != measured.cause:
        measured = measured._replace(cause=cause)
    return rule.sentence(queue_name, measured)


def _taken_away(before: Progress) -> Change:
    return "resolved" if before.stage == "firing" else "inactive"


def _record(
    asked: Asked,
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
    rule, table = asked
    maintenance = targets.maintenance
    planned = maintenance_at(maintenance, targets.time_zone, view.at) if maintenance else None
    # By place, in the order of the fields: by name it costs several times as much, each minute for each alert that goes on.
    return Alert(
        f"{rule.name}/{targets.queue}/{started.onset_at}",
        cause.version,
        rule.name, targets.queue, change, started.severity or severity_of(rule, targets),
        started.onset_at,
        started.fired_at if change == "firing" else view.at,  # changed_at
        cause.known_at,
        round(measured.value, 4), measured.threshold, measured.n, told(rule, table, view, measured),
        started.fired_at or None,
        view.at if change == "resolved" else None,  # resolved_at
        targets.owner, targets.department, targets.name,
        view.agents, view.replay, started.doubtful,
        view.at,  # held_at
        change == "firing" and is_calm(started),
        measured.not_evaluated or "",
        measured.minutes,
        view.free_agents if is_open else (),
        cost.late_calls if cost else None,
        cost.abandoned if cost else None,
        measured.expected,
        tuned_to(rule, table),
        planned.until if planned else None,
        planned.text if planned else "",
        started.times_fired,
    )  # fmt: skip


def stays(progress: Progress, measured: Measured) -> bool:
    """Whether an open alert is shown. A pending one that is calm is withdrawn at the next boundary: "somebody waits too long" beside
    nobody who waits would be a riddle.
    """
    return progress.stage != "pending" or not measured.calm
