"""The alert rules that the targets of a queue switch on, and what is derived from all of them at once."""

from itertools import product
from typing import Any

from schemas.targets import Targets
from streams.core.rule import ALWAYS, HoldingTimes, Rule, table_of
from streams.core.rule_catalogue import RULES

Switched = tuple[Rule[Any], HoldingTimes]


class ActiveRules:
    """Made once for each version of a queue's targets."""

    __slots__ = (
        "answer_cannot_raise",
        "arrival_cannot_raise_for_ms",
        "asked_at_leaving",
        "between_minutes",
        "counted_at_minutes",
        "counts_agents",
        "each_minute",
        "idle_cannot_raise",
        "looked_at",
        "not_on_waits",
        "rule_of",
        "saying",
        "table_of",
        "tables",
        "waits_at_least_ms",
    )

    def __init__(self, targets: Targets | None) -> None:
        self.table_of: dict[str, HoldingTimes] = {}
        self.rule_of: dict[str, Rule[Any]] = {}
        self.tables: list[Switched] = []
        for rule in RULES:
            table = table_of(rule, targets.alerts.get(rule.name) if targets is not None else None)
            if table is not None:
                self.table_of[rule.name], self.rule_of[rule.name] = table, rule
                self.tables.append((rule, table))
        self.between_minutes = [each for each in self.tables if not each[0].each_minute]
        self.each_minute = [each for each in self.tables if each[0].each_minute]
        # Without an alert, by whether agents and the usual calls are known: those that may say something, between minutes and at each.
        self.saying = {
            known: (_that_say(self.between_minutes, *known), _that_say(self.each_minute, *known))
            for known in product((False, True), repeat=2)
        }
        self.counted_at_minutes = [
            each for each in self.between_minutes if each[0].counts_at_minutes
        ]
        # Waits are looked at once for all rules on them.
        waits = [rule.waits_at_least_ms(table) for rule, table in self.between_minutes]
        # With how long somebody must have waited to raise it (None: it does not depend on waits), and how long a new caller.
        self.looked_at = [
            (rule, table, after, rule.arrival_cannot_raise_for_ms(table))
            for (rule, table), after in zip(self.between_minutes, waits, strict=True)
        ]
        self.not_on_waits = [
            each for each, after in zip(self.between_minutes, waits, strict=True) if after is None
        ]
        self.asked_at_leaving = [
            each for each in self.between_minutes if not each[0].leaving_cannot_raise
        ]
        self.waits_at_least_ms = min((after for after in waits if after is not None), default=None)
        self.answer_cannot_raise = all(rule.answer_cannot_raise for rule, _ in self.tables)
        self.counts_agents = any(rule.counts_agents for rule, _ in self.tables)
        self.idle_cannot_raise = all(rule.idle_cannot_raise for rule, _ in self.tables)
        self.arrival_cannot_raise_for_ms = min(
            (rule.arrival_cannot_raise_for_ms(table) for rule, table in self.tables),
            default=ALWAYS,
        )


def _that_say(rules: list[Switched], agents: bool, usual: bool) -> list[Switched]:  # noqa: FBT001 - two of a kind
    return [
        (rule, table)
        for rule, table in rules
        if not rule.across_queues
        and (agents or not rule.reads_agents)
        and (usual or not rule.reads_profile)
    ]


NO_RULES = ActiveRules(None)


class RulesOfQueue:
    """The active rules of one queue, kept until its targets change: it is asked every 5 seconds."""

    __slots__ = ("_active", "_targets")

    def __init__(self) -> None:
        self._targets: Targets | None = None
        self._active = NO_RULES

    def of(self, targets: Targets | None) -> ActiveRules:
        if targets is not self._targets:
            self._targets, self._active = targets, ActiveRules(targets)
        return self._active
