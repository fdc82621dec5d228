"""When quarter hours can answer a question; that they count rightly is tried on both databases."""

import re

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from schemas.tables import COUNTED_COLUMNS
from streams.history.intervals import bounds, runs
from streams.history.quarter_hours import ALL_FIGURES, JUDGED, columns_of
from streams.history.question import Question
from streams.history.rolled_sql import figure_of, fits, rolled_sql
from streams.history.rolled_up import QueueDay, RolledUp

START = 1_790_035_200_000
QUESTION = Question(START, START + DAY)
SLOTS = runs([START, START + DAY])
BUILT = RolledUp(START - 8 * DAY, START + 8 * DAY, ())


def test_every_zone_of_today_has_half_hours_that_fit() -> None:
    for zone in ("Asia/Kathmandu", "Australia/Eucla", "Europe/Berlin", "UTC"):
        assert fits(QUESTION, runs(bounds(START, START + DAY, 30 * MINUTE, zone)))


@pytest.mark.parametrize(
    "question",
    [
        replace(QUESTION, basis="event"),
        replace(QUESTION, live_below=5),
        replace(QUESTION, as_counted_live=True),
        replace(QUESTION, end=START + DAY - 1),
    ],
)
def test_what_needs_each_leg_does_not_fit(question: Question) -> None:
    assert fits(QUESTION, SLOTS)
    assert not fits(question, SLOTS)


def test_a_bound_within_a_quarter_hour_does_not_fit() -> None:
    assert not fits(QUESTION, runs([START, START + MINUTE, START + DAY]))


def test_legs_are_read_of_what_is_not_rolled_up_and_of_nothing_else() -> None:
    def sql(rolled: RolledUp) -> str:
        return rolled_sql(QUESTION, SLOTS, None, rolled, JUDGED)

    assert "FROM legs" not in sql(BUILT)
    as_of = replace(QUESTION, as_of=START)
    unbuilt = replace(BUILT, legs_of=(QueueDay(START // DAY * DAY, "q"),))
    then = rolled_sql(as_of, SLOTS, None, unbuilt, JUDGED)
    assert "FROM legs" not in then
    assert f"known_at_ms <= {START}" in then
    assert "FROM quarter_hours" not in sql(replace(BUILT, legs_of=None))
    mixed = sql(replace(BUILT, legs_of=(QueueDay(START // DAY * DAY, "o'clock"),)))
    pair = f"('o\\'clock', {START // DAY * DAY // 1000})"
    assert f"NOT IN ({pair})" in mixed
    assert mixed.count(f"IN ({pair})") == 2
    assert "UNION ALL" in mixed
    closed = sql(replace(BUILT, legs_of=None, closed=START // DAY * DAY))
    assert f"day < toDateTime({START // DAY * DAY // 1000})" in closed
    assert f"key_at >= toDateTime({START // DAY * DAY // 1000})" in closed


def test_few_figures_need_few_columns() -> None:
    assert set(columns_of(JUDGED)) == set(JUDGED)
    assert set(columns_of(ALL_FIGURES)) < set(COUNTED_COLUMNS)
    assert [figure_of(name) for name in ("slot", "all_n_good")] == ["slot", "n_good"]


def test_nothing_is_asked_that_the_oldest_server_lacks() -> None:
    sql = rolled_sql(QUESTION, SLOTS, None, replace(BUILT, legs_of=None), ALL_FIGURES)
    assert not re.search(r"\bOVER\b|\bQUALIFY\b|DateTime64|\bWITH\b|bitShift", sql)
