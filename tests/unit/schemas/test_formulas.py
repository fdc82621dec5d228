"""Every ratio by name; none where nothing stands below the line."""

import pytest

from schemas.counters import Counts
from schemas.formulas import (
    ASA,
    FORMULAS,
    SERVICE_LEVELS,
    TALK_HOLD,
    TIME_TO_ABANDON,
    WRAP,
    Formula,
    denominator,
    formula,
    numerator,
    ratio,
    service_level,
    sql,
    sql_population,
)

MEANS = (ASA, TIME_TO_ABANDON, TALK_HOLD, WRAP)


@pytest.mark.parametrize("rule", [*FORMULAS, *MEANS], ids=lambda rule: rule.name)
def test_nothing_at_all_is_no_value(rule: object) -> None:
    assert ratio(rule, Counts()) is None  # type: ignore[arg-type]
    assert ratio(rule, Counts(offered=5, ghost=5)) is None  # type: ignore[arg-type]


def test_one_short_abandon_alone_has_no_service_level_and_no_abandonment() -> None:
    counts = Counts(offered=1, abandoned=1, abandoned_in_target=1, short_abandoned=1)
    assert ratio(service_level("short_abandons_ignored"), counts) is None
    assert ratio(formula("abandonment_ab2"), counts) is None
    assert ratio(formula("abandonment_ab1"), counts) == 1


def test_the_live_level_counts_who_waits_past_the_target_as_a_miss() -> None:
    counts = Counts(answered=3, answered_in_target=3)
    rule = service_level("offered")
    assert (ratio(rule, counts), ratio(rule, counts, waiting_past_target=1)) == (1, 0.75)


def test_who_was_refused_is_unanswered_too() -> None:
    counts = Counts(answered=6, abandoned=1, rejected=3)
    rule = formula("unanswered_ab7")
    assert (numerator(rule, counts), denominator(rule, counts), ratio(rule, counts)) == (4, 10, 0.4)


@pytest.mark.parametrize("rule", [*FORMULAS, *MEANS], ids=lambda rule: rule.name)
def test_sql_says_what_python_computes(rule: object) -> None:
    values = {name: 7 * place + 1 for place, name in enumerate(Counts.__struct_fields__)}
    counts = Counts(**values)
    above, below = sql(rule, lambda name: str(values[name]))  # type: ignore[arg-type]
    assert eval(above) == numerator(rule, counts)  # type: ignore[arg-type]  # noqa: S307
    assert eval(below) == denominator(rule, counts)  # type: ignore[arg-type]  # noqa: S307


def test_several_counters_are_taken_off_each_by_itself() -> None:
    rule = Formula("some", "some", ("answered",), ("offered",), ("dropped", "exited"))
    assert sql(rule) == ("answered", "offered - dropped - exited")


def test_boards_say_in_words_what_each_figure_is() -> None:
    level, line = "answered within target", "call backs left out"
    assert {rule.name: rule.title for rule in (*FORMULAS, *MEANS)} == {
        "sl_answered_only": f"{level} / answered, {line}",
        "sl_offered": f"{level} / all that left the queue, {line}",
        "sl_abandons_in_target_ignored": (
            f"{level} / all that left, less abandons within target, {line}"
        ),
        "sl_abandons_in_target_good": (
            f"answered or abandoned within target / all that left, {line}"
        ),
        "sl_short_abandons_ignored": f"{level} / all that left, less short abandons, {line}",
        "abandonment_ab1": "abandoned / all that left the queue",
        "abandonment_ab2": "abandons that were not short / all that left, less short abandons",
        "unanswered_ab7": "not answered / all that left or were refused",
        "asa": "mean wait of the answered, call backs left out",
        "mean_time_to_abandon": "mean wait of the abandoned whose wait is known",
        "aht_talk_hold": "mean conversation, holds included",
        "wrap": "mean after-call work",
    }


def test_names() -> None:
    with pytest.raises(KeyError):
        formula("sl_best")
    assert len({rule.title for rule in SERVICE_LEVELS}) == len(SERVICE_LEVELS)


def test_the_mean_wait_of_the_answered_leaves_call_backs_out() -> None:
    """E21: who is rung back did not wait in the line."""
    counts = Counts(answered=4, answer_wait_ms=90, callback_answered=1, callback_answer_wait_ms=60)
    assert ratio(ASA, counts) == 10
    alone = Counts(answered=1, answer_wait_ms=60, callback_answered=1, callback_answer_wait_ms=60)
    assert ratio(ASA, alone) is None
    assert sql(ASA) == (
        "answer_wait_ms - callback_answer_wait_ms",
        "answered - callback_answered",
    )


LINE = Counts(
    answered=70, abandoned=17, exited=3, callback=10, answered_in_target=60, abandoned_in_target=10,
    short_abandoned=6,
)  # fmt: skip
WITH_CALL_BACKS = Counts(
    answered=75, abandoned=21, exited=4, callback=10, dropped=2, ghost=3, answered_in_target=64,
    abandoned_in_target=13, short_abandoned=8, callback_answered=5, callback_left=12,
    callback_answered_in_target=4, callback_abandoned_in_target=3, callback_short_abandoned=2,
)  # fmt: skip


@pytest.mark.parametrize("rule", SERVICE_LEVELS, ids=lambda rule: rule.name)
def test_a_service_level_is_that_of_the_line_whatever_became_of_call_backs(rule: Formula) -> None:
    """Twelve call backs more: 5 answered (4 in time), 4 abandoned (3 in time, 2 short), 3 otherwise."""
    assert numerator(rule, WITH_CALL_BACKS) == numerator(rule, LINE)
    assert denominator(rule, WITH_CALL_BACKS) == denominator(rule, LINE)
    alone = Counts(
        answered=5, answered_in_target=5, callback_answered=5, callback_left=5,
        callback_answered_in_target=5,
    )  # fmt: skip
    assert ratio(rule, alone) is None


def test_the_legs_behind_a_mean_are_a_condition_of_sql() -> None:
    assert sql_population(ASA) == (
        "((outcome = 'answered')) AND NOT ((outcome = 'answered' AND channel = 'callback'))"
    )
    both = Formula("some", "some", (), ("answered", "abandoned"))
    assert sql_population(both) == "((outcome = 'answered') OR (outcome = 'abandoned'))"
