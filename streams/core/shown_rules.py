"""What screens and minute rows are told of the alert rules of a queue, kept until it may be otherwise."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.alerts import NotEvaluated
from schemas.targets import Targets
from streams.core.active_rules import ActiveRules
from streams.core.alert_rules import figure, told
from streams.core.alerting import Progress
from streams.core.expected_calls import ExpectedCalls
from streams.core.leg_report import Reported
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Rule


class Shown(NamedTuple):
    """What screens were told of the rules, and as of when and by what.

    `sentences`: of rules with `each_minute` whose alert is open.
    """

    of: tuple[int, bool, Reported]  # the minute, whether agents are known, what calls tell
    by: tuple[Targets, ExpectedCalls | None]
    lacking: dict[str, NotEvaluated]
    sentences: dict[str, str]


class Lacking:
    """The rules that cannot be asked, and what they lack. It seldom changes: at each look only those are asked again of which each call
    may change it (`Rule.lacks_until`), and where none says otherwise the answer is the same object.
    """

    __slots__ = ("_asked_again", "_by", "_found", "_since", "_until")

    def __init__(self) -> None:
        self._by: tuple[Any, ...] = ()
        self._found: dict[str, NotEvaluated] = {}
        self._asked_again: list[tuple[Rule[Any], HoldingTimes, NotEvaluated | None]] = []
        self._since = self._until = 0

    def of(self, rules: ActiveRules, view: QueueView) -> dict[str, NotEvaluated]:
        by = rules, view.unknown_agents, view.reported, view.expected
        if by != self._by or not self._since <= view.passed < self._until:
            return self._ask(by, rules, view)
        for rule, table, why in self._asked_again:
            measured = view.measured.get(rule.name)
            now = rule.lacks(table, view) if measured is None else measured.not_evaluated
            if now != why:
                return self._ask(by, rules, view)
        return self._found

    def _ask(
        self, by: tuple[Any, ...], rules: ActiveRules, view: QueueView
    ) -> dict[str, NotEvaluated]:
        self._by, self._since, self._until = by, view.passed, ALWAYS
        self._found, self._asked_again = {}, []
        for rule, table in rules.tables:
            why = rule.lacks(table, view)
            if why is not None:
                self._found[rule.name] = why
            until = rule.lacks_until(table, view)
            if until <= view.passed:
                self._asked_again.append((rule, table, why))
            elif until < self._until:
                self._until = until
        return self._found


class ShownRules:
    """Of one queue, as it was asked last."""

    __slots__ = ("_lacking", "_shown")

    def __init__(self) -> None:
        self._shown: Shown | None = None
        self._lacking = Lacking()

    def kept(
        self, of: tuple[int, bool, Reported], targets: Targets, expected: ExpectedCalls | None
    ) -> Shown | None:
        """None if it may be otherwise by now."""
        shown = self._shown
        if shown and shown.of == of and shown.by[0] is targets and shown.by[1] is expected:
            return shown
        return None

    def asked(
        self,
        minute: int,
        rules: ActiveRules,
        view: QueueView,
        progress: Mapping[str, Progress],
        reasons: Mapping[str, str],
    ) -> Shown:
        """By the view, whatever was asked before; `reasons`: what was told of some rules by the same view."""
        self._shown = shown = Shown(
            (minute, bool(view.agents), view.reported),
            (view.targets, view.expected),
            self._lacking.of(rules, view),
            _sentences(rules, view, progress, reasons) if progress else {},
        )
        return shown


def _sentences(
    rules: ActiveRules,
    view: QueueView,
    progress: Mapping[str, Progress],
    reasons: Mapping[str, str],
) -> dict[str, str]:
    """What is told of each rule of whole minutes whose alert is open; `reasons`: what was told of some by the same view."""
    found = dict[str, str]()
    for name, before in progress.items():
        rule = rules.rule_of.get(name)
        if rule is None or not rule.each_minute:
            continue
        reason = reasons.get(name)
        if reason is None:
            table = rules.table_of[name]
            reason = told(rule, table, view, figure(rule, table, view, before))
        found[name] = reason
    return found
