"""Served as each queue promised; the SQL is tried on both databases in tests/integration/history."""

import random

import pytest

from schemas.counters import Counts
from schemas.formulas import SERVICE_LEVELS, denominator, numerator
from schemas.promised import (
    MILLION,
    against_promises,
    due_sql,
    goal_of,
    good_and_due,
    good_sql,
)


def test_sums_of_numerators_over_sums_of_denominators() -> None:
    every_abandon_is_a_miss = Counts(answered=80, abandoned=20, answered_in_target=70)
    short_ones_are_left_out = Counts(
        answered=8, abandoned=2, answered_in_target=7, short_abandoned=1, abandoned_in_target=2
    )
    parts = [
        ("offered", every_abandon_is_a_miss),
        ("short_abandons_ignored", short_ones_are_left_out),
    ]
    assert good_and_due(parts) == (77, 109)  # type: ignore[arg-type]
    assert good_and_due([]) == (0, 0)


def test_one_queue_alone_is_its_own_service_level() -> None:
    chance = random.Random(1)
    counts = Counts(**{name: chance.randrange(50) for name in Counts.__struct_fields__})
    for rule in SERVICE_LEVELS:
        name = rule.name.removeprefix("sl_")
        assert good_and_due([(name, counts)]) == (  # type: ignore[list-item]
            numerator(rule, counts),
            denominator(rule, counts),
        )


@pytest.mark.parametrize(
    ("good", "due", "goal", "says"),
    [
        (80, 100, 0.8, "met"), (79, 100, 0.8, "missed"), (29, 100, 0.29, "met"), (3, 4, 0.8, "few"),
        (4, 4, 0.8, "met"), (4, 5, 0.81, "missed"), (0, 0, 0.8, None),
    ],
)  # fmt: skip
def test_a_share_meets_its_goal_by_whole_numbers(
    good: int, due: int, goal: float, says: str | None
) -> None:
    assert against_promises(good, due, round(goal * MILLION) * due) == says


def test_the_goal_of_a_group_is_what_should_have_been_served() -> None:
    """900 calls promised 80 % and 100 promised 90 %: 810 of 1,000 should be served."""
    millionths = 900 * 800_000 + 100 * 900_000
    assert goal_of(1_000, millionths) == 0.81
    assert against_promises(810, 1_000, millionths) == "met"
    assert against_promises(809, 1_000, millionths) == "missed"
    assert goal_of(0, 0) is None


def test_every_formula_is_in_the_sql() -> None:
    for rule in SERVICE_LEVELS:
        name = rule.name.removeprefix("sl_")
        assert f"formula = '{name}'" in good_sql()
        assert f"formula = '{name}'" in due_sql()
