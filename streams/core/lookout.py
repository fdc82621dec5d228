"""Up to when event time may pass without a decision, and which rules need not be asked at a boundary.

With hundreds of busy queues, a quarter of the time went into boundaries at which nothing was decided, and with all rules
on a third into rules that could not be raised.
Rule: the answer is never too late. It is the least time over all active rules, each of which says up to
when the facts known now cannot raise it.
"""

from collections.abc import Sequence
from typing import Any

from schemas.millis import MINUTE
from streams.core.active_rules import ActiveRules
from streams.core.alerting import Progress
from streams.core.expected_calls import ExpectedCalls
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Rule, UnknownRule
from streams.core.rule_catalogue import RULES
from streams.core.verdict import Verdict
from streams.core.windows import Windows

_ALIVE = ("open", "answered")
_KNOWN = {rule.name for rule in RULES}

Asked = tuple[Rule[Any], HoldingTimes | None]  # no table: the rule is not switched on any more


class Safe:
    """The rules of a queue that cannot be raised for a while, whatever comes (`Rule.safe_until`).

    It is made of state alone, and is not state: after a restart the rules are asked once more, which gives the same.
    """

    __slots__ = ("_by", "_until")

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._by: ExpectedCalls | None = None

    def forget(self) -> None:
        """A late fact came, or other targets."""
        if self._until:
            self._until.clear()

    def holds(self, rule: Rule[Any], view: QueueView) -> bool:
        if self._by is not view.expected:
            self._until.clear()
            self._by = view.expected
        return self._until.get(rule.name, 0) >= view.at

    def note(self, rule: Rule[Any], table: HoldingTimes, view: QueueView) -> None:
        """It was measured and is not raised."""
        until = rule.safe_until(table, view)
        if until > view.at:
            self._until[rule.name] = until


def asked(
    rules: ActiveRules, progress: dict[str, Progress], view: QueueView, safe: Safe
) -> list[Asked]:
    """The rules to be measured at this boundary: those with an alert, and those that may be raised."""
    found: list[Asked] = []
    for rule, table in _of_boundary(rules, progress, view.at):
        if rule.name in progress:
            if table is None or not (rule.each_minute and view.at % MINUTE):
                found.append((rule, table))
        elif table is not None and _is_due(rule, table, view, safe):
            found.append((rule, table))
    return found


def _of_boundary(rules: ActiveRules, progress: dict[str, Progress], at: int) -> Sequence[Asked]:
    """The rules that are switched on and asked at this boundary, and those that have an alert open and are not on."""
    if not progress or progress.keys() <= rules.table_of.keys():
        return rules.between_minutes if at % MINUTE else rules.tables
    unknown = [UnknownRule(name) for name in sorted(progress.keys() - _KNOWN)]
    return [(rule, rules.table_of.get(rule.name)) for rule in (*RULES, *unknown)]


def _is_due(rule: Rule[Any], table: HoldingTimes, view: QueueView, safe: Safe) -> bool:
    """Whether a rule without an alert must be measured at this boundary."""
    if not rule.each_minute:
        return may_be_raised(rule, table, view)
    minute, rest = divmod(view.at, MINUTE)
    if rest or minute % rule.every_minutes or rule.across_queues or safe.holds(rule, view):
        return False
    return not rule.cannot_be_raised(table, view)


def may_be_raised(rule: Rule[Any], table: HoldingTimes, view: QueueView) -> bool:
    """False where a short look at a rule without an alert shows that it is not raised now."""
    if rule.quiet_until(table, view.line, view.rolling) >= view.at:
        return False
    return not rule.cannot_be_raised(table, view)


def quiet_until(rules: ActiveRules, line: Line, windows: Windows, end: int) -> int:
    """No rule can be raised at a boundary up to this one, unless a new fact comes.

    `end` is the last boundary of the minute: at a whole minute the rules of every queue are evaluated.
    0: evaluate them now.
    """
    until = end
    for rule, table in rules.between_minutes:
        until = min(until, rule.quiet_until(table, line, windows))
    return until


def still_quiet(until: int, before: Verdict | None, verdict: Verdict, rules: ActiveRules) -> int:
    """Up to when the queue stays quiet after a leg was judged again; 0: call `quiet_until` again.

    A caller who is answered was in line when `until` was computed, so `until` is before the time at which
    this caller would raise a rule. A new caller can raise a rule only some time after the arrival. Facts
    behind the boundary are not handled here: for them the calling code ends the quiet.
    """
    if before is not None and (
        before.outcome not in _ALIVE or before.arrived_at != verdict.arrived_at
    ):
        return 0
    if verdict.outcome == "answered" and before is not None:
        return until if rules.answer_cannot_raise else 0
    if verdict.outcome == "open" and verdict.arrived_at is not None:
        return min(until, verdict.arrived_at + rules.arrival_cannot_raise_for_ms)
    return 0
