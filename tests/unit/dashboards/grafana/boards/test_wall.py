"""The Wall: one state a queue, worst first, and no word that the wallboard does not know."""

from typing import Any

from dashboards.grafana import look, promql, render
from schemas.timing import DEAD_MS


def panel(title: str) -> dict[str, Any]:
    return next(each for each in render.board("wall")["panels"] if each["title"] == title)


def overrides(title: str, column: str) -> dict[str, Any]:
    found = {
        each["matcher"]["options"]: {item["id"]: item["value"] for item in each["properties"]}
        for each in panel(title)["fieldConfig"]["overrides"]
    }
    return found[column]


def test_the_state_of_a_queue_is_asked_and_shown_as_a_word() -> None:
    queues = panel("Queues")
    assert promql.STATE in [target["expr"] for target in queues["targets"]]
    (words,) = overrides("Queues", "State")["mappings"]
    assert {each["text"] for each in words["options"].values()} == {
        word for word, _ in look.STATE_WORDS.values()
    }


def test_the_difference_to_the_goal_says_few_calls() -> None:
    for column in ("To goal 30 min", "To goal today"):
        (words,) = overrides("Queues", column)["mappings"]
        assert words["options"][str(look.FEW_CODE)]["text"] == "few calls"


def test_the_age_of_the_data_turns_red_when_the_wallboard_goes_blank() -> None:
    steps = panel("Data age")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert steps[-1] == {"value": DEAD_MS / 1000, "color": look.ACT}
