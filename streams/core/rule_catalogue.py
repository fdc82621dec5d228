"""All alert rules: every module of streams.core.rules declares one as RULE."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from msgspec import Struct

from schemas.alerts import SEVERITIES
from schemas.targets_book import TargetsBook
from streams.core import rules
from streams.core.across_rule import AcrossRule
from streams.core.rule import Rule


def _found() -> tuple[Rule[Any], ...]:
    """The worst severity first, then by name. Alerts of one boundary are written in this order."""
    found: list[Rule[Any]] = []
    for module in iter_modules(rules.__path__):
        rule = getattr(import_module(f"{rules.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, Rule) or rule.name != module.name:
            raise TypeError(f"{rules.__name__}.{module.name}: RULE must be the rule of this name")
        found.append(rule)
    return tuple(sorted(found, key=lambda rule: (SEVERITIES.index(rule.severity), rule.name)))


RULES = _found()
ACROSS_QUEUES: tuple[AcrossRule[Any, Any], ...] = tuple(
    rule for rule in RULES if isinstance(rule, AcrossRule)
)
EACH_MINUTE = frozenset(rule.name for rule in RULES if rule.each_minute)
RULE_TABLES: Mapping[str, type[Struct]] = {rule.name: rule.table for rule in RULES}


def across_queues(book: TargetsBook) -> tuple[AcrossRule[Any, Any], ...]:
    """The rules across queues that any queue ever had. Of others nothing is told, for nobody would read it."""
    return tuple(rule for rule in ACROSS_QUEUES if rule.name in book.rules)
