"""What the Executive board asks: the numbers themselves are tested in test_executive_board."""

import re

from dashboards.grafana import executive_sql
from schemas.goal import ENOUGH_CALLS
from tests.support.boards import asked


def test_no_query_averages_or_reads_superseded_calls() -> None:
    for query in asked("executive"):
        assert not re.search(r"\bavg|\bquantile", query.text), query.name
        assert "FROM legs FINAL" in query.text, query.name
        assert not re.search(r"FROM legs(?! FINAL)", query.text), query.name


def test_few_calls_are_held_against_no_goal_and_colour_no_cell() -> None:
    assert f"due < {ENOUGH_CALLS}" in executive_sql.MONTHS
    assert f">= {ENOUGH_CALLS}" in executive_sql.WEEK_SERVICE_LEVEL
