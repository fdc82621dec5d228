"""Texts only: that they count rightly is tried on both databases in tests/integration."""

import re

from streams.history.counting_sql import counting_sql
from streams.history.intervals import Run
from streams.history.legs_sql import KEY_SLACK_MS, newest_legs
from streams.history.question import BASES, Question

DAY = [Run(0, 86_400_000, 1)]
QUESTION = Question(1_790_000_000_000, 1_790_086_400_000)


def test_names_are_literals_that_cannot_end_early() -> None:
    sql = newest_legs(["outcome"], 0, 1, "o'clock \\", None)
    assert "queue = 'o\\'clock \\\\'" in sql


def test_as_of_reads_all_versions_up_to_that_time() -> None:
    sql = newest_legs(["outcome"], QUESTION.start, QUESTION.end, None, 42)
    assert "FROM leg_versions" in sql
    assert "known_at_ms <= 42" in sql
    assert "FROM legs " in newest_legs(["outcome"], QUESTION.start, QUESTION.end, None, None)


def test_keys_are_searched_with_slack_and_arrivals_exactly() -> None:
    sql = counting_sql(QUESTION, DAY, None)
    assert f"toDateTime({(QUESTION.start - KEY_SLACK_MS) // 1000})" in sql
    assert f"moment >= {QUESTION.start} AND moment < {QUESTION.end}" in sql


def test_intervals_of_several_lengths_are_one_step_each() -> None:
    sql = counting_sql(QUESTION, [Run(0, 10, 2), Run(20, 5, 1), Run(25, 10, 1)], None)
    assert "multiIf(moment < 20, 0 + intDiv(moment - 0, 10) * 10, moment < 25, 20 +" in sql


def test_groups_are_looked_up_in_the_configuration() -> None:
    sql = counting_sql(QUESTION, DAY, {"a": "first", "b": "second"}, rest="not configured")
    assert "transform(queue, ['a', 'b'], ['first', 'second'], 'not configured')" in sql
    assert "SELECT 'ALL' AS report_group" in counting_sql(QUESTION, DAY, {}, rest="ALL")


def test_nothing_is_asked_that_the_oldest_server_lacks() -> None:
    for basis in BASES:
        sql = counting_sql(Question(0, 1, basis=basis), DAY, None)
        assert not re.search(r"\bOVER\b|\bQUALIFY\b|DateTime64|\bWITH\b", sql)
