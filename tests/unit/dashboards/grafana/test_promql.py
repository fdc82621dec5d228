"""What the Wall asks: the numbers themselves are tested on a Prometheus (test_wall_board)."""

import pytest

from dashboards.grafana import promql
from dashboards.grafana.lint import unknown_series
from schemas.attention import LEVELS
from schemas.series import WINDOW_LABELS


@pytest.mark.parametrize("window", WINDOW_LABELS)
def test_no_share_divides_by_a_queue_without_calls(window: str) -> None:
    for asked in (
        promql.service_level(window), promql.service_level_by_queue(window),
        promql.against_goal(window), promql.ratio(promql.ABANDONMENT, window),
        promql.ratio_by_queue(promql.ABANDONMENT, window),
    ):  # fmt: skip
        assert asked.count(" / (") == asked.count(") > 0)")
        assert list(unknown_series(asked)) == []


def test_the_state_is_what_the_stream_judged_and_nothing_else() -> None:
    assert all(f'{{state="{level}"}}' in promql.STATE for level in LEVELS)
    assert "alerts_firing" not in promql.STATE
    assert list(unknown_series(promql.STATE)) == []
