"""Up to when event time may pass without a decision, and which rules need not be asked at a boundary.

With hundreds of busy queues, a quarter of the time went into boundaries at which nothing was decided, and with all rules
on a third into rules that could not be raised.
Rule: the answer is never too late. It is the least time over all active rules, each of which says up to
when the facts known now cannot raise it.
"""

from typing import Any

from schemas.millis import MINUTE
from streams.core.active_rules import ActiveRules
from streams.core.alerting import Progress
from streams.core.expected_calls import ExpectedCalls
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Rule, UnknownRule
from streams.core.rule_catalogue import RULES
from streams.core.verdict import Change
from streams.core.windows import Windows

_ALIVE = ("open", "answered")
_PLACES = {rule.name: place for place, rule in enumerate(RULES)}

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

    def until(self, expected: ExpectedCalls | None) -> dict[str, int]:
        """By rule, the boundary up to which it is safe by these usual calls."""
        if self._by is not expected:
            self._until.clear()
            self._by = expected
        return self._until

    def note(self, rule: Rule[Any], table: HoldingTimes, view: QueueView) -> None:
        """It was measured and is not raised."""
        until = rule.safe_until(table, view)
        if until > view.at:
            self._until[rule.name] = until


def asked(
    rules: ActiveRules,
    progress: dict[str, Progress],
    view: QueueView,
    safe: Safe,
    *,
    is_quiet: bool,
) -> list[Asked]:
    """The rules to be measured at this boundary: those with an alert, and those that may be raised; in the order of
    the catalogue.

    `is_quiet`: it is known that none that is asked between minutes begins an alert at this boundary.
    """
    if progress and not progress.keys() <= rules.table_of.keys():
        return _with_removed(rules, progress, view.at)
    at = view.at
    minute, rest = divmod(at, MINUTE)
    found: list[Asked] = [
        (rules.rule_of[name], rules.table_of[name])
        for name in progress
        if not (rest and rules.rule_of[name].each_minute)
    ]
    is_quiet = is_quiet or quiet_until(rules, view.line, view.rolling, at, at) >= at
    between, each_minute = rules.saying[bool(view.agents), view.expected is not None]
    for rule, table in (
        () if is_quiet and rest else rules.counted_at_minutes if is_quiet else between
    ):
        if rule.name not in progress and (
            (not is_quiet and may_be_raised(rule, table, view))
            or (not rest and rule.counts_at_minutes and rule.asked_at_minute(table, view))
        ):
            found.append((rule, table))
    if not rest:
        safe_until = safe.until(view.expected)
        for rule, table in each_minute:
            name = rule.name
            if (
                name not in progress
                and minute % rule.every_minutes == 0
                and (name not in safe_until or safe_until[name] < at)
                and not rule.cannot_be_raised(table, view)
            ):
                found.append((rule, table))
    if len(found) > 1:
        found.sort(key=_place)
    return found


def _with_removed(rules: ActiveRules, progress: dict[str, Progress], at: int) -> list[Asked]:
    """All rules, also those that have an alert open and are not on any more."""
    unknown = [UnknownRule(name) for name in sorted(progress.keys() - _PLACES.keys())]
    every = [(rule, rules.table_of.get(rule.name)) for rule in (*RULES, *unknown)]
    return [
        (rule, table)
        for rule, table in every
        if (table is None and rule.name in progress)
        or (table is not None and not (rule.each_minute and at % MINUTE))
    ]


def _place(asked: Asked) -> int:
    return _PLACES[asked[0].name]


def may_be_raised(rule: Rule[Any], table: HoldingTimes, view: QueueView) -> bool:
    """False where a short look at a rule without an alert shows that it is not raised now."""
    if rule.reads_agents and not view.agents:
        return False  # it says nothing
    if rule.quiet_until(table, view.line, view.rolling) >= view.at:
        return False
    return not rule.cannot_be_raised(table, view)


def quiet_until(rules: ActiveRules, line: Line, windows: Windows, end: int, at: int) -> int:
    """No rule that is asked between minutes can be raised at a boundary up to this one, unless a new fact comes.

    `end` is the end of the minute: there all rules are asked. Before the boundary `at`: evaluate them now.
    """
    until = end
    if rules.waits_at_least_ms is not None:
        of_waits = line.none_waits_longer_until(rules.waits_at_least_ms)
        if of_waits < until:
            until = of_waits
    for rule, table in rules.not_on_waits:
        if until < at:
            break
        of_rule = rule.quiet_until(table, line, windows)
        if of_rule < until:
            until = of_rule
    return until


def still_quiet(
    until: int, change: Change, rules: ActiveRules, arrival_ms: int, line: Line, windows: Windows
) -> int:
    """Up to when the queue stays quiet after a leg was judged again, where a new caller cannot raise a rule for `arrival_ms`; 0: call
    `quiet_until` again.

    A caller who is answered or leaves was in line when `until` was computed, so `until` is before the time at which
    this caller would raise a rule. A new caller can raise a rule only some time after the arrival. Facts
    behind the boundary are not handled here: for them the calling code ends the quiet.
    """
    before, verdict = change.before, change.verdict
    came = verdict.arrived_at
    if before is None:
        if verdict.outcome != "open" or came is None:
            return 0
        raises = came + arrival_ms
        return min(until, raises)
    if before.outcome not in _ALIVE or before.arrived_at != came:
        return 0
    if verdict.outcome == "answered":
        return until if rules.answer_cannot_raise else 0
    if verdict.outcome == "open":
        return 0 if came is None else min(until, came + arrival_ms)
    if before.outcome != "open":
        return 0
    for rule, table in rules.asked_at_leaving:
        until = min(until, rule.quiet_until(table, line, windows))
    return until
