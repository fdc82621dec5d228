"""What is counted in a quarter hour, and what figures are made of it; that they are those of legs is tried on databases."""

import re

import pytest

from schemas.counters import COUNTER, column_of
from schemas.millis import DAY, MINUTE
from schemas.tables import COUNTED_COLUMNS
from streams.history.loss_steps import COLUMNS as STEPS
from streams.history.quarter_hours import (
    ADDED,
    ALL,
    ALL_FIGURES,
    COUNTERS_AND_JUDGED,
    JUDGED,
    KEYS,
    QUARTER_MS,
    columns_of,
    counted_sql,
    day_of,
    figures_sql,
    is_whole,
)


def test_every_column_of_the_table_is_counted_and_every_figure_is_made_of_them() -> None:
    assert set(columns_of(ALL_FIGURES)) | set(STEPS.values()) <= set(COUNTED_COLUMNS)
    sql = counted_sql("(legs)", COUNTED_COLUMNS)
    assert re.findall(r" AS (\w+)(?:,|\n)", sql.partition("FROM")[0]) == list(COUNTED_COLUMNS)
    assert set(ADDED) < set(COUNTED_COLUMNS)


def test_columns_are_in_the_order_of_the_table_each_once() -> None:
    assert columns_of(("wait_p90", "wait_p50", "n_due")) == ("n_due", "answer_waits")
    assert columns_of(()) == ()
    assert columns_of(("newest_targets",)) == ("newest_targets", "newest_rank")


def test_counts_are_added_the_longest_taken_and_waits_kept_for_percentiles() -> None:
    sql = figures_sql(("n_due", "max_wait", "wait_p90"))
    assert f"sum(n_due) AS {ALL}n_due" in sql
    assert f"max(max_wait) AS {ALL}max_wait" in sql
    assert "arraySort(groupArrayArray(answer_waits))" in sql
    assert "* 90 + 99, 100" in sql


def test_the_counters_of_a_comparison_are_all_of_them() -> None:
    assert set(COUNTERS_AND_JUDGED) == {*map(column_of, COUNTER), *JUDGED}


def test_a_leg_is_counted_at_its_arrival_in_the_day_that_never_changes() -> None:
    sql = counted_sql("(legs)", ("n_due",), ("queue", "day", "at_ms", "channel"), " AND at_ms >= 7")
    assert f"intDiv(arrived_at_ms, {QUARTER_MS}) * {QUARTER_MS} AS at_ms" in sql
    assert "toStartOfDay(key_at) AS day" in sql
    assert sql.endswith(
        "WHERE direction = 'inbound' AND at_ms >= 7\nGROUP BY queue, day, at_ms, channel"
    )
    assert "AS day" not in counted_sql("(legs)", ("n_due",), KEYS)


@pytest.mark.parametrize(
    ("at", "whole"), [(0, True), (15 * MINUTE, True), (10 * MINUTE, False), (1, False)]
)
def test_quarter_hours_begin_every_fifteen_minutes(at: int, whole: bool) -> None:
    assert is_whole([DAY, DAY + at]) is whole


def test_a_day_begins_at_midnight_utc() -> None:
    assert [day_of(at) for at in (0, DAY - 1, DAY, DAY + 1)] == [0, 0, DAY, DAY]
