"""Work that comes in, agents who take it, and how many calls say something of their own."""

import pytest

from schemas.agents import ShownState
from schemas.counters import Counts
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.staffing import busy_with_calls, effective_n, taking_calls, work


def test_the_load_is_arrivals_times_handling_over_the_hour() -> None:
    lately = Counts(
        service_timed=40, talk_hold_ms=40 * 3 * MINUTE, wrap_timed=10, wrap_ms=10 * MINUTE + 9_000
    )
    found = work(66, lately)
    assert found == (66, 40, 4 * MINUTE + SECOND, 66 * (4 * MINUTE + SECOND) / HOUR)


def test_where_wrap_up_is_not_measured_the_conversation_alone_counts() -> None:
    assert work(1, Counts(service_timed=2, talk_hold_ms=10 * SECOND)).handling_ms == 5 * SECOND


def test_without_measured_conversations_there_is_no_load() -> None:
    assert work(9, Counts(answered=9)) == (9, 0, 0, 0)


@pytest.mark.parametrize(
    ("state", "busy", "takes"),
    [
        ("available", 0, 1), ("ringing", 1, 1), ("talking", 1, 1), ("hold", 1, 1), ("wrap", 1, 1),
        ("not_ready", 0, 0), ("unreachable", 0, 0), ("logged_out", 0, 0),
    ],
)  # fmt: skip
def test_who_pauses_or_cannot_be_reached_takes_no_calls(
    state: ShownState, busy: int, takes: int
) -> None:
    assert (busy_with_calls({state: 1}), taking_calls({state: 1})) == (busy, takes)


def test_calls_of_one_line_say_less_than_they_are_many() -> None:
    assert effective_n(330, 33) == pytest.approx(330 / 49.5)
    assert effective_n(6, 0.3) == 6
    assert effective_n(0, 0) == 0


def test_all_of_them_are_counted() -> None:
    assert taking_calls({"available": 2, "talking": 3, "not_ready": 4}) == 5
    assert taking_calls({}) == 0
