"""The agents of a queue, added up: who takes calls, who is busy, and who is there at all."""

import pytest

from schemas.agents import ShownState
from streams.core.crew import NOBODY_KNOWN, Crew, crew


@pytest.mark.parametrize(
    ("state", "busy", "takes", "reachable"),
    [
        ("available", 0, 1, 1), ("ringing", 1, 1, 1), ("talking", 1, 1, 1), ("hold", 1, 1, 1), ("wrap", 1, 1, 1),
        ("not_ready", 0, 0, 1), ("unreachable", 0, 0, 0),
    ],
)  # fmt: skip
def test_who_pauses_or_cannot_be_reached_takes_no_calls(
    state: ShownState, busy: int, takes: int, reachable: int
) -> None:
    assert crew({state: 1}, 0) == Crew({state: 1}, busy, takes, reachable, 1, 0)


def test_who_signed_out_is_not_there_and_all_of_the_others_are_counted() -> None:
    counts = {"available": 2, "talking": 3, "not_ready": 4, "logged_out": 9, "hold": 0}
    found = {"available": 2, "talking": 3, "not_ready": 4}
    assert crew(counts, 4) == Crew(found, 3, 5, 9, 9, 4)


def test_all_gone_is_nobody_available_and_never_seen_is_not_known() -> None:
    assert crew({"logged_out": 2}, 0) == Crew({"available": 0}, 0, 0, 0, 0, 0)
    assert NOBODY_KNOWN.agents == {}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"available": 1, "talking": 2}, True),
        ({"available": 3}, True),  # whoever talked is free
        ({"available": 1, "talking": 1, "not_ready": 1}, False),
        ({"available": 1, "talking": 2, "not_ready": 1}, False),  # one more is signed in
        ({"logged_out": 3}, False),
    ],
)
def test_it_is_staffed_alike_while_as_many_take_calls_and_are_signed_in(
    other: dict[str, int], *, same: bool
) -> None:
    assert crew({"available": 2, "ringing": 1}, 0).is_staffed_as(crew(other, 0)) == same


def test_a_queue_whose_agents_nobody_knows_is_not_staffed_as_one_that_all_left() -> None:
    assert not NOBODY_KNOWN.is_staffed_as(crew({"logged_out": 2}, 0))
