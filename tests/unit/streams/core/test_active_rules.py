"""Which rules targets switch on, and the least over them."""

from schemas.millis import SECOND
from streams.core.active_rules import NO_RULES, ActiveRules, RulesOfQueue
from streams.core.rule import ALWAYS
from tests.support.builders import targets
from tests.support.ruled import abandonment, nobody_signed_in, oldest_wait, ruled


def test_rules_are_asked_in_the_order_of_the_catalogue_and_the_least_holds() -> None:
    wait, nobody = oldest_wait(40 * SECOND, 20 * SECOND), nobody_signed_in()
    active = ActiveRules(targets(alerts=ruled(abandonment(0.3, 0.2), wait, nobody)))
    assert [rule.name for rule, _ in active.tables] == [
        "nobody_signed_in",
        "oldest_wait",
        "abandonment",
    ]
    assert active.table_of["oldest_wait"] == wait
    assert active.arrival_cannot_raise_for_ms == 30 * SECOND
    assert active.answer_cannot_raise
    assert active.idle_cannot_raise


def test_without_rules_nothing_is_raised() -> None:
    assert NO_RULES.tables == []
    assert NO_RULES.arrival_cannot_raise_for_ms == ALWAYS
    assert NO_RULES.answer_cannot_raise


def test_what_another_release_published_and_this_one_cannot_read_is_off() -> None:
    alerts = {
        "of_tomorrow": {"hold_ms": 0},
        "oldest_wait": {"raise_above_ms": 1_000, "a_key_of_tomorrow": 1, "clear_below_ms": 500},
        "abandonment": {"raise_above": 0.5},
    }
    active = ActiveRules(targets(alerts=alerts))
    assert active.table_of == {"oldest_wait": oldest_wait(1_000, 500)}


def test_the_last_answer_is_kept_until_the_targets_are_others() -> None:
    rules, first, second = RulesOfQueue(), targets(alerts=ruled(nobody_signed_in())), targets()
    assert rules.of(None) is NO_RULES
    known = rules.of(first)
    assert rules.of(first) is known
    assert known.table_of.keys() == {"nobody_signed_in"}
    assert rules.of(second).tables == []
    assert rules.of(None).tables == []
