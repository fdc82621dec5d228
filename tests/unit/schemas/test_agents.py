"""The one state of an agent that boards count."""

from typing import get_args

import pytest

from schemas.agents import RosterEntry, ShownState, shown_state, state_in_any, state_in_queue


@pytest.mark.parametrize(
    ("routing", "activity", "shown"),
    [
        ("available", "idle", "available"), ("available", "talking", "talking"),
        ("not_ready", "talking", "talking"), ("not_ready", "idle", "not_ready"),
        ("logged_out", "wrap", "logged_out"), ("unreachable", "idle", "unreachable"),
    ],
)  # fmt: skip
def test_logged_out_comes_first_then_what_the_agent_does_then_the_routing(
    routing: str, activity: str, shown: str
) -> None:
    assert shown_state(routing, activity) == shown  # type: ignore[arg-type]
    assert shown in get_args(ShownState)


@pytest.mark.parametrize(
    ("queues", "state"),
    [
        (("a",), "not_ready"), (("a", "b"), "available"), (("b", "other"), "available"),
        (("a", "other"), "not_ready"), (("other",), None), ((), None),
    ],
)  # fmt: skip
def test_a_person_counts_once_by_what_these_queues_see(
    queues: tuple[str, ...], state: str | None
) -> None:
    ann = RosterEntry(
        "ann", 1, "node", "available", "idle", "", 0, 0, ("a", "b"), not_ready_queues=("a",)
    )
    assert state_in_any(ann, queues) == state


@pytest.mark.parametrize(
    ("routing", "activity", "state"),
    [("available", "talking", "talking"), ("unreachable", "idle", "unreachable"),
     ("logged_out", "idle", "logged_out"), ("available", "idle", "not_ready")],
)  # fmt: skip
def test_a_pause_in_a_queue_changes_only_the_state_of_who_is_available(
    routing: str, activity: str, state: str
) -> None:
    ann = RosterEntry("ann", 1, "node", routing, activity, "", 0, 0, ("a",), False, ("a",))  # type: ignore[arg-type]
    assert state_in_queue(ann, "a") == state
