"""A desk that is fed to the core: every rule is asked, and a desk that nobody serves pages."""

from random import Random

import pytest

from schemas.millis import MINUTE, SECOND
from schemas.queues_toml import parse_queues
from streams.core.rule_catalogue import RULE_TABLES, RULES
from tests.bench import decided
from tests.bench.decided import LIMITS, decide, decided_at, rules_toml
from tests.bench.desk import Desk, Extra, Phase, simulate
from tests.bench.troubles import MONDAY

DESK = Desk("small", 3, 1.0)


def test_every_rule_of_the_catalogue_has_a_table() -> None:
    text = rules_toml("small")
    assert all(f"alerts.{rule.name} = " in text for rule in RULES)
    assert LIMITS.keys() <= RULE_TABLES.keys()


def test_limits_that_are_nowhere_else_are_those_that_are_shipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decided, "LIMITS", {})
    text = rules_toml("small")
    assert 'alerts.oldest_wait = { raise_above = "5m", clear_below = "2m",' in text
    assert "alerts.nobody_signed_in = {}" in text
    (targets,) = parse_queues(text, RULE_TABLES).queues
    assert targets.alerts.keys() == RULE_TABLES.keys()


def test_nobody_is_there_and_the_core_says_so() -> None:
    leave, comes = MONDAY + 10 * MINUTE, MONDAY + 40 * MINUTE
    phases = [Phase(MONDAY, 1.0, 3), Phase(leave, 0.0, 0, at_once=True)]
    extra = [Extra(comes + n * MINUTE) for n in range(9)]
    told = simulate(DESK, phases, MONDAY + 60 * MINUTE, Random(1), extra)
    found = decide("small", rules_toml("small"), told, MONDAY, MONDAY + 60 * MINUTE)
    pages = [each for each in found.pages() if each.rule == "nobody_signed_in"]
    assert [each.owner for each in pages] == ["small"] * len(pages)
    assert comes < decided_at(pages[-1])
    assert decided_at(pages[-1]) == (pages[-1].fired_at or 0) + 5 * SECOND
    assert "nobody_signed_in" in found.asked
