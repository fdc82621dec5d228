"""What the Wall asks: the numbers themselves are tested on a Prometheus (test_wall_board)."""

import re

import pytest

from dashboards.grafana import promql
from dashboards.grafana.lint import unknown_series
from schemas.attention import LEVELS
from schemas.series import SERIES, WINDOW_LABELS
from streams.core.rules.late_calls_left import _ROUNDING


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


def test_what_is_asked_of_chosen_queues_asks_no_series_of_the_others() -> None:
    queries = [promql.NAMES, promql.STATE, promql.STALE_QUEUES, promql.DATA_AGE_S, promql.FIRING]
    queries += [promql.against_goal("30m"), promql.agents("hold"), promql.ALERTS_OR_NONE]
    for asked in map(promql.chosen, queries):
        assert (
            re.findall(r"callcentre_\w+(?::\w+)?(?!\w|:)(?!\{[^}]*queue=~\"\$queue\"\})", asked)
            == []
        )
        assert asked.count(promql.CHOSEN) == len(re.findall("callcentre_", asked))
    assert promql.chosen('x(callcentre_agents{state="a"})') == (
        'x(callcentre_agents{state="a",queue=~"$queue"})'
    )


def test_every_series_of_queues_can_be_asked_of_some() -> None:
    of_queues = [each for each in SERIES if each.name.startswith("callcentre_")]
    assert [each.name for each in of_queues if "queue" not in each.labels] == []


def test_late_calls_left_rounds_as_the_rule_does() -> None:
    assert promql.late_calls_left().startswith("clamp_min(floor(")
    assert f"{_ROUNDING:g}".replace("e-09", "e-9") in promql.late_calls_left()
