"""What the Executive board asks: the numbers themselves are tested in test_executive_board."""

import re

from dashboards.grafana import executive_sql
from dashboards.grafana.leg_sql import IS_KNOWN
from schemas.goal import ENOUGH_CALLS
from tests.support.boards import asked


def test_no_query_averages_or_reads_superseded_calls() -> None:
    for query in asked("executive"):
        assert not re.search(r"\bavg|\bquantile", query.text), query.name
        counting = query.text.replace(
            IS_KNOWN, ""
        )  # asks whether any leg is there, and counts none
        tables = re.findall(r"FROM legs\b", counting)
        newest = re.findall(
            r"FROM legs WHERE key_at [^()]*delivery NOT IN \(SELECT delivery FROM withdrawals\)"
            r" ORDER BY queue, leg_id, node, key_at, version DESC LIMIT 1 BY",
            counting,
        )
        assert len(newest) == len(tables) > 0, query.name


def test_few_calls_are_held_against_no_goal_and_colour_no_cell() -> None:
    assert f"due < {ENOUGH_CALLS}" in executive_sql.MONTHS_BY_QUEUE
    assert f">= {ENOUGH_CALLS}" in executive_sql.WEEK_SERVICE_LEVEL
