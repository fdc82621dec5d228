"""The one state of an agent that boards count."""

from typing import get_args

import pytest

from schemas.agents import ShownState, shown_state


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
