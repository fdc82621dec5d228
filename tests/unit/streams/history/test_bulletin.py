"""What a bulletin publishes, hides and withholds."""

from typing import Any

import pytest

from streams.history.bulletin import (
    CALLS_PER_REFUSED,
    COUNTS,
    SMALLEST_COUNT,
    TOTAL,
    Figures,
    Why,
    hidden_cells,
    missing_at_most,
    refused_too_many,
    row,
    withheld,
)
from streams.history.sentences import sentence


def record(answered: int = 0, abandoned: int = 0, rejected: int = 0, **more: Any) -> dict[str, Any]:
    exited = int(more.get("n_exited", 0))
    return {
        "n_offered": answered + abandoned + exited + int(more.get("n_open", 0)), "n_answered": answered,
        "n_abandoned": abandoned, "n_rejected": rejected, "n_due": answered, "n_good": answered,
        "goal_millionths": answered * 800_000, "wait_p50": 1_001, "wait_p90": 20_000, **more,
    }  # fmt: skip


def counts(*parts: int) -> dict[str, int]:
    return {str(name): n for name, n in zip(COUNTS, (sum(parts), *parts), strict=True)}


def test_every_call_is_in_one_of_four_counts() -> None:
    found = Figures(record(answered=90, abandoned=7, rejected=3, n_exited=2)).counts()
    assert found == counts(90, 7, 3, 2)


def test_shares_and_waits_of_few_calls_are_not_published() -> None:
    few, enough = Figures(record(answered=19)), Figures(record(answered=20))
    assert (few.share(), few.waits()) == ((None, None), (None, None))
    assert (enough.share(), enough.waits()) == ((100, 80), (2, 20))


def test_a_result_is_rounded_down_and_its_goal_up() -> None:
    below = Figures(record(answered=1000, n_good=799, goal_millionths=1000 * 795_000))
    assert below.share() == (79, 80)


def test_call_backs_are_in_no_wait_and_without_targets_there_is_no_share() -> None:
    assert Figures(record(answered=25, n_callback_answered=6)).waits() == (None, None)
    assert Figures(record(answered=25, n_untargeted=1)).share() == (None, None)


def test_a_small_count_of_a_day_takes_another_with_it() -> None:
    assert hidden_cells({TOTAL: counts(90, 3, 0, 20)}, {}) == {
        (TOTAL, "gave_up"),
        (TOTAL, "otherwise"),
    }
    assert hidden_cells({TOTAL: counts(90, 5, 0, 20)}, {}) == set()


def test_a_month_does_not_give_away_a_day_that_hid_something() -> None:
    quiet, busy = counts(40, 3, 0, 20), counts(400, 30, 10, 20)
    month: dict[str, int] = {name: quiet[name] + busy[name] for name in COUNTS}
    alone = hidden_cells({TOTAL: month}, {})
    assert alone == set()
    # The month less its public day would say how many gave up on the quiet one.
    assert hidden_cells({TOTAL: month}, {"2": quiet, "3": busy}) >= {(TOTAL, "gave_up")}


def test_a_hidden_count_is_named_and_null() -> None:
    of = Figures(record(answered=90, abandoned=3))
    found = row("water", of, frozenset({("water", "gave_up"), ("other", "answered")}))
    assert (found.suppressed, found.gave_up, found.answered, found.calls) == (
        ("gave_up",),
        None,
        90,
        93,
    )


@pytest.mark.parametrize(
    ("total", "centre", "reasons"),
    [
        (record(answered=9), record(answered=9), []),
        (record(answered=9), record(answered=8), ["books_differ"]),
        (record(answered=9, n_offered=10), record(answered=9, n_offered=10), ["books_differ"]),
        (record(answered=9, n_open=1), record(answered=9, n_open=1), ["without_end"]),
    ],
)
def test_it_is_withheld_where_the_books_do_not_balance(
    total: dict[str, Any], centre: dict[str, Any], reasons: list[str]
) -> None:
    found = withheld({TOTAL: Figures(total), "water": Figures(centre)}, [])
    assert [each.reason for each in found] == reasons


def test_what_is_known_from_elsewhere_withholds_it_too() -> None:
    away = Why("source_silent", sentence("not_to_its_end"))
    assert withheld({TOTAL: Figures({})}, [away]) == (away,)


@pytest.mark.parametrize(
    ("refused", "calls", "withheld_for"),
    [
        (0, 0, []),
        (1, CALLS_PER_REFUSED, []),
        (1, CALLS_PER_REFUSED - 1, ["records_refused"]),
        (11, 10 * CALLS_PER_REFUSED, ["records_refused"]),
    ],
)
def test_more_refused_records_than_one_in_so_many_calls_withhold_it(
    refused: int, calls: int, withheld_for: list[str]
) -> None:
    assert [each.reason for each in refused_too_many(refused, calls)] == withheld_for


def test_calls_that_may_be_missing_are_no_small_count() -> None:
    assert [missing_at_most(n) for n in (0, 1, SMALLEST_COUNT - 1, SMALLEST_COUNT, 70)] == [
        0, SMALLEST_COUNT, SMALLEST_COUNT, SMALLEST_COUNT, 70,
    ]  # fmt: skip
