"""A share against its goal, and how a goal is written."""

import pytest

from schemas.goal import ENOUGH_CALLS, against_goal, percent, times_allowed, whole_percent


def test_a_share_is_met_missed_or_of_too_few_calls() -> None:
    assert against_goal(8, 10, 0.8) == "met"
    assert against_goal(7, 10, 0.8) == "missed"
    assert against_goal(0, ENOUGH_CALLS, 0.8) == "missed"
    assert against_goal(0, ENOUGH_CALLS - 1, 0.8) == "few"
    assert against_goal(1, 1, 0.8) == "met"


def test_without_calls_or_goal_there_is_nothing_to_say() -> None:
    assert against_goal(0, 0, 0.8) is None
    assert against_goal(0, -1, 0.8) is None
    assert against_goal(5, 10, None) is None


def test_a_goal_is_written_as_people_write_it() -> None:
    assert [percent(goal) for goal in (0.8, 0.825, 1.0, 0.29)] == [
        "80 %",
        "82.5 %",
        "100 %",
        "29 %",
    ]


def test_a_measured_share_is_written_as_a_goal_in_whole_percent() -> None:
    assert [whole_percent(share) for share in (0.0, 0.494, 0.495, 1.0)] == [
        "0 %", "49 %", "50 %", "100 %",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("burn", "said"),
    [(0.0, "0.0"), (0.001, "<0.1"), (0.0499, "<0.1"), (0.051, "0.1"), (2.44, "2.4")],
)
def test_few_late_calls_are_not_said_as_none(burn: float, said: str) -> None:
    assert times_allowed(burn) == said
