"""The alert rules that the targets of a queue switch on, and what is derived from all of them at once."""

from typing import Any

import msgspec

from schemas.targets import RuleSettings, Targets
from streams.core.rule import ALWAYS, HoldingTimes, Rule
from streams.core.rule_catalogue import RULES


class ActiveRules:
    """Made once for each version of a queue's targets."""

    __slots__ = (
        "answer_cannot_raise",
        "arrival_cannot_raise_for_ms",
        "between_minutes",
        "counts_agents",
        "each_minute",
        "idle_cannot_raise",
        "table_of",
        "tables",
    )

    def __init__(self, targets: Targets | None) -> None:
        self.table_of: dict[str, HoldingTimes] = {}
        self.tables: list[tuple[Rule[Any], HoldingTimes]] = []
        for rule in RULES:
            table = table_of(rule, targets.alerts.get(rule.name) if targets is not None else None)
            if table is not None:
                self.table_of[rule.name] = table
                self.tables.append((rule, table))
        self.between_minutes = [each for each in self.tables if not each[0].each_minute]
        self.each_minute = [each for each in self.tables if each[0].each_minute]
        self.answer_cannot_raise = all(rule.answer_cannot_raise for rule, _ in self.tables)
        self.counts_agents = any(rule.counts_agents for rule, _ in self.tables)
        self.idle_cannot_raise = all(rule.idle_cannot_raise for rule, _ in self.tables)
        self.arrival_cannot_raise_for_ms = min(
            (rule.arrival_cannot_raise_for_ms(table) for rule, table in self.tables),
            default=ALWAYS,
        )


def table_of(rule: Rule[Any], settings: RuleSettings | None) -> HoldingTimes | None:
    """None when the rule is off, or when another release wrote settings that this one cannot read."""
    if settings is None:
        return None
    try:
        table: HoldingTimes = msgspec.convert(settings, rule.table)
    except msgspec.ValidationError:
        return None
    return table


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
